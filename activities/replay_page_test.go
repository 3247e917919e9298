package activities_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"leadrail/activities"
	"leadrail/internal/store"
	"leadrail/models"
)

// pages is a replay over a store and a workflow engine made of values. Everything
// begins and starts.
type pages struct {
	t *testing.T

	replay   models.Replay
	failed   []models.Submission
	pageErr  error
	begin    func(store.Replay) error
	startErr error
	moveErr  error

	begun   []store.Replay
	started []string
	moved   []models.ReplayStatus
	log     bytes.Buffer
}

// newPages has failed leads of which one delivery failed and one did not.
func newPages(t *testing.T, failed int) *pages {
	t.Helper()
	p := &pages{t: t, replay: models.Replay{ID: "rpl_1", Status: models.ReplayRunning}}
	p.begin = func(store.Replay) error { return nil }
	for i := range failed {
		p.failed = append(p.failed, models.Submission{
			ID: fmt.Sprintf("sub_%d", i), RunSeq: i + 1, Status: models.StatusFailed, SubmittedAt: start.Add(time.Duration(i) * time.Minute),
			Deliveries: []models.Delivery{
				{ID: "dlv_done", Status: models.DeliveryDelivered}, {ID: "dlv_a", Status: models.DeliveryFailed}, {ID: "dlv_off", Status: models.DeliveryDismissed},
			},
		})
	}
	return p
}

// Replay implements activities.ReplayStore.
func (p *pages) Replay(context.Context, string) (models.Replay, error) { return p.replay, nil }

// ReplayPage implements activities.ReplayStore.
func (p *pages) ReplayPage(_ context.Context, _ models.Replay, after *store.SubmissionCursor, limit int) ([]models.Submission, error) {
	for after != nil && len(p.failed) > 0 && !p.failed[0].SubmittedAt.After(after.SubmittedAt) {
		p.failed = p.failed[1:]
	}
	return p.failed[:min(limit, len(p.failed))], p.pageErr
}

// BeginReplay implements activities.ReplayStore.
func (p *pages) BeginReplay(_ context.Context, replay store.Replay) (models.Submission, error) {
	p.begun = append(p.begun, replay)
	return models.Submission{ID: replay.SubmissionID, RunSeq: replay.RunSeq + 1}, p.begin(replay)
}

// MoveReplay implements activities.ReplayStore.
func (p *pages) MoveReplay(_ context.Context, _ string, to models.ReplayStatus, _ time.Time) (models.Replay, error) {
	p.moved = append(p.moved, to)
	if p.moveErr != nil {
		return p.replay, p.moveErr
	}
	p.replay.Status = to
	return p.replay, nil
}

// StartReplay implements activities.Starter.
func (p *pages) StartReplay(_ context.Context, lead models.Submission, sealed models.Sealed) error {
	require.Contains(p.t, string(sealed), `"id":"`+lead.ID+`"`)
	p.started = append(p.started, lead.ID)
	return p.startErr
}

// Seal implements activities.Sealer.
func (p *pages) Seal(plain []byte, _ string) models.Sealed { return models.Sealed(plain) }

func (p *pages) run(after *activities.ReplayPlace) (activities.ReplayPageResult, error) {
	p.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(time.Minute)
	replay := &activities.Replay{Store: p, Runs: p, Sealer: p, Log: slog.New(slog.NewTextHandler(&p.log, nil)), Now: now}
	env.RegisterActivity(replay)
	value, err := env.ExecuteActivity(replay.ReplayLeads, activities.ReplayPageInput{ReplayID: "rpl_1", After: after, Limit: 2})
	var result activities.ReplayPageResult
	if err == nil {
		require.NoError(p.t, value.Get(&result))
	}
	return result, err
}

func TestAReplayGoesPageByPage(t *testing.T) {
	t.Parallel()
	p := newPages(t, 3)
	first, err := p.run(nil)
	require.NoError(t, err)
	place := &activities.ReplayPlace{SubmittedAt: start.Add(time.Minute), ID: "sub_1"}
	require.Empty(t, cmp.Diff(activities.ReplayPageResult{Status: models.ReplayRunning, Replayed: 2, After: place}, first))
	last, err := p.run(first.After)
	require.NoError(t, err)
	require.Equal(t, models.ReplayCompleted, last.Status)
	require.Equal(t, 1, last.Replayed)
	require.Equal(t, []string{"sub_0", "sub_1", "sub_2"}, p.started)
	require.Empty(t, cmp.Diff(store.Replay{
		SubmissionID: "sub_2", RunSeq: 3, DeliveryIDs: []string{"dlv_a"}, At: start, Bulk: "rpl_1",
	}, p.begun[2]), "what failed of the lead")
}

func TestAReplayThatDoesNotRunDoesNothing(t *testing.T) {
	t.Parallel()
	for _, status := range []models.ReplayStatus{models.ReplayPaused, models.ReplayCancelled, models.ReplayCompleted} {
		p := newPages(t, 3)
		p.replay.Status = status
		result, err := p.run(nil)
		require.NoError(t, err)
		require.Equal(t, activities.ReplayPageResult{Status: status}, result)
		require.Empty(t, p.begun)
	}
}

func TestAReplayPassesBy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*pages)
		started int
		log     string
	}{
		"what somebody else replays": {func(p *pages) {
			p.begin = func(replay store.Replay) error {
				if replay.SubmissionID == "sub_0" {
					return models.Errorf(models.CodeConflict, "The lead changed meanwhile.")
				}
				return nil
			}
		}, 1, ""},
		"what does not start": {func(p *pages) { p.startErr = unavailable() }, 2, "a replay is left to the reconciler"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPages(t, 2)
			c.change(p)
			result, err := p.run(nil)
			require.NoError(t, err)
			require.Equal(t, "sub_1", result.After.ID)
			require.Len(t, p.started, c.started)
			require.Contains(t, p.log.String(), c.log)
		})
	}
}

func TestAReplayIsTriedAgainWhenTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*pages){
		"when leads are read":    func(p *pages) { p.pageErr = errors.New("the database is away") },
		"when one begins":        func(p *pages) { p.begin = func(store.Replay) error { return errors.New("the database is away") } },
		"when the end is stored": func(p *pages) { p.moveErr = errors.New("the database is away") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPages(t, 1)
			change(p)
			_, err := p.run(nil)
			require.ErrorContains(t, err, "the database is away")
		})
	}
}

func TestAReplayPausedWithItsLastLeadIsPaused(t *testing.T) {
	t.Parallel()
	p := newPages(t, 1)
	p.begin = func(store.Replay) error {
		p.replay.Status = models.ReplayPaused
		p.moveErr = models.Errorf(models.CodeConflict, "The replay is paused.")
		return nil
	}
	result, err := p.run(nil)
	require.NoError(t, err)
	require.Equal(t, models.ReplayPaused, result.Status)
}

func TestAReplayWhoseWorkflowWasCancelledIsCancelled(t *testing.T) {
	t.Parallel()
	p := newPages(t, 1)
	replay := &activities.Replay{Store: p, Now: now}
	require.NoError(t, replay.CancelReplay(t.Context(), "rpl_1"))
	require.Equal(t, []models.ReplayStatus{models.ReplayCancelled}, p.moved)
	p.moveErr = models.Errorf(models.CodeConflict, "The replay is completed.")
	require.NoError(t, replay.CancelReplay(t.Context(), "rpl_1"), "it has ended")
	p.moveErr = unavailable()
	require.Error(t, replay.CancelReplay(t.Context(), "rpl_1"))
}
