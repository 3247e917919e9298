package activities_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// newElsewhere is a try of a run that a replay sent to another URL, signed with the
// key. Its action has headers of its own.
func newElsewhere(t *testing.T) (*try, models.SigningKey) {
	t.Helper()
	y := newTry(t)
	key := models.NewSigningKey()
	y.target = func(deliveryID string, runSeq int) (models.Target, error) {
		require.Equal(t, "dlv_1", deliveryID)
		require.Equal(t, 3, runSeq)
		return models.Target{DeliveryID: "dlv_1", RunSeq: 3, URL: "https://other.example.com/private-path", Secret: y.keyring.Seal(key, "dlv_1")}, nil
	}
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job := aJob(attempt)
		job.Destination.Headers = y.keyring.Seal([]byte(`{"Authorization":"of the CRM"}`), "act_1")
		return job, nil
	}
	return y, key
}

func TestARunThatIsSentElsewhereGoesThereAlone(t *testing.T) {
	t.Parallel()
	y, key := newElsewhere(t)
	verdict, err := y.deliverTo(true)
	require.NoError(t, err)
	require.True(t, verdict.Delivered())
	require.Len(t, y.requests, 1)
	sent := y.requests[0]
	require.Equal(t, "https://other.example.com/private-path", sent.URL)
	require.Equal(t, "dlv_1", sent.ID, "as ever")
	require.Empty(t, sent.Headers, "they are for the action's own receiver")
	require.Equal(t, []models.SigningKey{key}, sent.Keys, "and so is the form's secret")
	y.requireSilent(t)

	_, err = y.deliver()
	require.NoError(t, err)
	own := y.requests[1]
	require.Equal(t, "https://hooks.example.com/private-path", own.URL, "a run that is not")
	require.Equal(t, map[string]string{"Authorization": "of the CRM"}, own.Headers)
	require.NotEqual(t, sent.Keys, own.Keys)
}

func TestAnActionThatIsOffStopsNothingElsewhere(t *testing.T) {
	t.Parallel()
	y, _ := newElsewhere(t)
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job := aJob(attempt)
		job.Destination.Enabled = false
		return job, nil
	}
	verdict, err := y.deliverTo(true)
	require.NoError(t, err)
	require.True(t, verdict.Delivered())
	verdict, err = y.deliver()
	require.NoError(t, err)
	require.Equal(t, models.ErrorActionDisabled, verdict.Code)
}

func TestGoneElsewhereLeavesTheActionOn(t *testing.T) {
	t.Parallel()
	y, _ := newElsewhere(t)
	y.post = func(context.Context, webhook.Request) webhook.Response {
		gone := answered(410)
		gone.Verdict.Outcome, gone.Verdict.Code = models.OutcomeDisable, models.ErrorGone
		return gone
	}
	verdict, err := y.deliverTo(true)
	require.NoError(t, err)
	require.Equal(t, models.OutcomeGiveUp, verdict.Outcome)
	require.Equal(t, models.ErrorGone, verdict.Code)
	require.Contains(t, verdict.Message, "stays as it is")
	require.Equal(t, []string{"open", "post", "close"}, y.journal)
}

func TestWhereARunGoesMustBeKnown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"the lead was erased":  {notFound(), ""},
		"the database is away": {errors.New("away"), "find target: away"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y, _ := newElsewhere(t)
			y.target = func(string, int) (models.Target, error) { return models.Target{}, c.err }
			verdict, err := y.deliverTo(true)
			require.Empty(t, y.journal, "nothing is sent")
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, models.ErrorCancelled, verdict.Code)
		})
	}
}

// Two leads are sent to the endpoint that hangs; their actions go to one that does
// not.
func TestACrowdElsewhereIsCountedElsewhere(t *testing.T) {
	t.Parallel()
	c := newTown(t, 1)
	first := c.hangIn(t, c.slotTo(true), "fast-1")
	require.Error(t, c.slotTo(true)("fast-2"), "there is one place")
	require.NoError(t, c.slot()("fast-3"), "the action's own endpoint has all of its")
	close(c.hang)
	require.NoError(t, <-first)
	require.Equal(t, map[string]int{"fast-1": 1, "fast-3": 1}, c.posts)
}
