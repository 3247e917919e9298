package leads_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// bulk is replays of many leads over a store and an engine made of values.
type bulk struct {
	leads.BulkReplays

	startErr, moveErr error

	counted, created []store.SubmissionFilter
	replays          []models.Replay
	started          []string
	moved            []models.ReplayStatus
	woken            []string
}

func newBulk() *bulk {
	b := &bulk{}
	b.BulkReplays = leads.BulkReplays{Store: b, Workflows: b, Now: func() time.Time { return start }}
	return b
}

// CountReplayable implements leads.ReplayStore.
func (b *bulk) CountReplayable(_ context.Context, filter store.SubmissionFilter) (int, error) {
	b.counted = append(b.counted, filter)
	return 12, nil
}

// CreateReplay implements leads.ReplayStore; it hides the use case.
func (b *bulk) CreateReplay(_ context.Context, replay models.Replay, filter store.SubmissionFilter) (models.Replay, error) {
	b.created = append(b.created, filter)
	replay.Matched = 12
	b.replays = append(b.replays, replay)
	return replay, nil
}

// MoveReplay implements leads.ReplayStore.
func (b *bulk) MoveReplay(_ context.Context, id string, to models.ReplayStatus, _ time.Time) (models.Replay, error) {
	b.moved = append(b.moved, to)
	return models.Replay{ID: id, Status: to, Matched: 12}, b.moveErr
}

// Replay implements leads.ReplayOutcomes; it hides the use case.
func (b *bulk) Replay(_ context.Context, id string) (models.Replay, error) {
	return models.Replay{ID: id, Status: models.ReplayRunning, Matched: 12, RatePerSecond: 10, CreatedAt: start}, nil
}

// ReplayOutcome implements leads.ReplayOutcomes.
func (b *bulk) ReplayOutcome(context.Context, string) (store.ReplayOutcome, error) {
	return store.ReplayOutcome{Replayed: 5, Succeeded: 3, FailedAgain: 1}, nil
}

// StartReplays implements leads.ReplayWorkflows.
func (b *bulk) StartReplays(_ context.Context, id string, _ int) error {
	b.started = append(b.started, id)
	return b.startErr
}

// WakeReplays implements leads.ReplayWorkflows.
func (b *bulk) WakeReplays(_ context.Context, id string) error {
	b.woken = append(b.woken, id)
	return b.startErr
}

func TestAReplayOfManyLeadsBegins(t *testing.T) {
	t.Parallel()
	b := newBulk()
	from := models.At(start)
	out, err := b.BulkReplays.CreateReplay(t.Context(), leads.BulkReplayInput{Filter: &leads.ReplayFilter{
		FormID: "form_1", AgentID: "agent_1", Status: models.StatusFailed, From: &from, Query: "ada",
	}})
	require.NoError(t, err)
	require.Equal(t, 12, out.Matched)
	require.Regexp(t, "^rpl_", *out.ReplayID)
	require.Equal(t, "/v1/replays/"+*out.ReplayID, out.Location())
	require.False(t, out.Finished())
	require.Equal(t, []string{*out.ReplayID}, b.started)
	at := from.Time
	require.Empty(t, cmp.Diff([]store.SubmissionFilter{{FormID: "form_1", AgentIDs: []string{"agent_1"}, From: &at, Query: "ada"}}, b.created))
	require.Equal(t, 10, b.replays[0].RatePerSecond)
	require.Equal(t, models.ReplayRunning, b.replays[0].Status)
}

func TestADryRunCountsOnly(t *testing.T) {
	t.Parallel()
	b := newBulk()
	out, err := b.BulkReplays.CreateReplay(t.Context(), leads.BulkReplayInput{Filter: &leads.ReplayFilter{Tier: "hot"}, DryRun: true})
	require.NoError(t, err)
	require.Equal(t, leads.BulkReplayOutput{Matched: 12}, out)
	require.True(t, out.Finished())
	require.Empty(t, out.Location())
	require.Equal(t, []store.SubmissionFilter{{Tier: "hot"}}, b.counted)
	require.Empty(t, b.created)
}

func TestAReplayOfManyLeadsIsRefused(t *testing.T) {
	t.Parallel()
	for field, in := range map[string]leads.BulkReplayInput{
		"filter":        {},
		"filter.status": {Filter: &leads.ReplayFilter{Status: models.StatusPending}},
		"ratePerSecond": {Filter: &leads.ReplayFilter{}, RatePerSecond: 51},
	} {
		_, err := newBulk().BulkReplays.CreateReplay(t.Context(), in)
		var refused *models.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, field, refused.Fields[0].Field)
	}
}

func TestAReplayThatDoesNotStartIsCancelled(t *testing.T) {
	t.Parallel()
	b := newBulk()
	b.startErr = away()
	_, err := b.BulkReplays.CreateReplay(t.Context(), leads.BulkReplayInput{Filter: &leads.ReplayFilter{}})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	require.Equal(t, []models.ReplayStatus{models.ReplayCancelled}, b.moved)
}

func TestAReplayOfManyLeadsIsSteered(t *testing.T) {
	t.Parallel()
	b := newBulk()
	b.startErr = away() // the word of it is lost
	ref := leads.ReplayRef{ID: "rpl_1"}
	for _, steer := range []func(context.Context, leads.ReplayRef) (leads.BulkReplay, error){b.Pause, b.Resume, b.Cancel} {
		got, err := steer(t.Context(), ref)
		require.NoError(t, err)
		require.Equal(t, b.moved[len(b.moved)-1], got.Status)
		require.Equal(t, []int{12, 5, 3, 1}, []int{got.Matched, got.Replayed, got.Succeeded, got.FailedAgain})
	}
	require.Equal(t, []models.ReplayStatus{models.ReplayPaused, models.ReplayRunning, models.ReplayCancelled}, b.moved)
	require.Equal(t, []string{"rpl_1", "rpl_1", "rpl_1"}, b.woken)
	b.moveErr = models.Errorf(models.CodeConflict, "The replay is completed.")
	_, err := b.Pause(t.Context(), ref)
	require.Equal(t, models.CodeConflict, models.CodeOf(err))
}
