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
// key. Its action is off and has headers of its own.
func newElsewhere(t *testing.T) (*try, models.SigningKey) {
	t.Helper()
	y := newTry(t)
	key := models.NewSigningKey()
	target := models.Target{DeliveryID: "dlv_1", RunSeq: 3, URL: "https://other.example.com/private-path"}
	target.Secret = y.keyring.Seal(key, "dlv_1/3")
	y.target = func(deliveryID string, runSeq int) (models.Target, error) {
		require.Equal(t, "dlv_1", deliveryID)
		require.Equal(t, 3, runSeq)
		return target, nil
	}
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job := aJob(attempt)
		job.Target, job.Destination.Enabled = target, false
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
	require.True(t, verdict.Delivered(), "though its action is off")
	require.Len(t, y.requests, 1)
	sent := y.requests[0]
	require.Equal(t, "https://other.example.com/private-path", sent.URL)
	require.Equal(t, "dlv_1", sent.ID, "as ever")
	require.Empty(t, sent.Headers, "they are for the action's own receiver")
	require.Equal(t, []models.SigningKey{key}, sent.Keys, "and so is the form's secret")
	y.requireSilent(t)
}

// A worker that is older than targets plans as though there were none.
func TestARunThatIsSentElsewhereGoesThereWhateverItsPlanSays(t *testing.T) {
	t.Parallel()
	y, key := newElsewhere(t)
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.True(t, verdict.Delivered())
	require.Equal(t, "https://other.example.com/private-path", y.requests[0].URL)
	require.Empty(t, y.requests[0].Headers)
	require.Equal(t, []models.SigningKey{key}, y.requests[0].Keys)
}

func TestASecretOfAnotherRunDoesNotOpen(t *testing.T) {
	t.Parallel()
	y, key := newElsewhere(t)
	open := y.open
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job, err := open(attempt)
		job.Target.Secret = y.keyring.Seal(key, "dlv_1/2")
		return job, err
	}
	_, err := y.deliverTo(true)
	require.ErrorContains(t, err, "open secret of target")
	require.Empty(t, y.requests)
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
	first := c.hangIn(t, c.slotOf(elsewhereRun), "fast-1")
	require.Error(t, c.slotOf(elsewhereRun)("fast-2"), "there is one place")
	require.NoError(t, c.slot()("fast-3"), "the action's own endpoint has all of its")
	close(c.hang)
	require.NoError(t, <-first)
	require.Equal(t, map[string]int{"fast-1": 1, "fast-3": 1}, c.posts)
}
