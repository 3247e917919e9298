package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

func TestAnAttemptIsOpenedMadeAndClosed(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"delivered": 200, "failed": 500} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTry(t)
			var opened models.Attempt
			y.open = func(attempt models.Attempt) (store.Job, error) {
				opened = attempt
				return aJob(attempt), nil
			}
			response := answered(status)
			response.Verdict.RetryAfter = time.Minute
			y.post = func(context.Context, webhook.Request) webhook.Response { return response }
			verdict, err := y.deliver()
			require.NoError(t, err)
			require.Equal(t, response.Verdict, verdict)
			require.Equal(t, []string{"open", "post", "close"}, y.journal)

			want := models.Attempt{
				DeliveryID: "dlv_1", RunSeq: 3, N: 2, Trigger: models.TriggerSchedule, StartedAt: start.Add(time.Second),
			}
			require.Empty(t, cmp.Diff(want, opened))
			finished := start.Add(3 * time.Second) // the second look at the clock signed the request
			want.FinishedAt, want.DurationMS = &finished, 120
			want.Response, want.Address = "the answer's text", "192.0.2.1:443"
			want.Phases = models.Phases{DNSMS: 10, ConnectMS: 20, TLSMS: 30, FirstByteMS: 40}
			want.Record(response.Verdict)
			require.Empty(t, cmp.Diff([]models.Attempt{want}, y.closed))
			require.Empty(t, y.log.String())
		})
	}
}

func TestARepeatAfterTheVerdictSendsNothing(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	want := models.Verdict{
		Outcome: models.OutcomeRetry, HTTPStatus: 503, Code: models.ErrorHTTPStatus, Message: "busy", RetryAfter: time.Hour,
	}
	y.open = func(attempt models.Attempt) (store.Job, error) {
		attempt.FinishedAt = &start
		attempt.Record(want)
		return aJob(attempt), nil
	}
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.Equal(t, want, verdict)
	require.Equal(t, []string{"open"}, y.journal)
}

func TestARepeatWithoutAVerdictSendsAgainWithTheSameID(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	before := start.Add(-time.Minute)
	y.open = func(attempt models.Attempt) (store.Job, error) {
		attempt.StartedAt, attempt.Trigger = before, models.TriggerRetryNow // the row of the worker that died
		return aJob(attempt), nil
	}
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.True(t, verdict.Delivered())
	require.Len(t, y.requests, 1)
	require.Equal(t, "dlv_1", y.requests[0].ID)
	require.Equal(t, before, y.closed[0].StartedAt)
	require.Equal(t, models.TriggerRetryNow, y.closed[0].Trigger)
}

// erased is what the store says of a lead that is gone.
func erased() error {
	return &models.Error{Code: models.CodeNotFound, Reason: store.ReasonErased, Message: "There is no such delivery."}
}

// What is missing though the lead is there comes back, from a backup perhaps.
func TestALeadWhoseFormIsMissingWaits(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.open = func(models.Attempt) (store.Job, error) {
		return store.Job{}, &models.Error{Code: models.CodeNotFound, Reason: store.ReasonNoVersion, Message: "There is no such version."}
	}
	_, err := y.deliver()
	require.Error(t, err, "Temporal tries again, and no attempt is spent")
	require.Empty(t, y.requests)
}

func TestALeadThatWasErasedIsNotDelivered(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.open = func(models.Attempt) (store.Job, error) {
		return store.Job{}, erased()
	}
	verdict, err := y.deliver()
	require.NoError(t, err, "an error would be tried again for ever")
	require.Equal(t, models.Verdict{
		Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled, Message: "the lead was erased",
	}, verdict)
	require.Equal(t, []string{"open"}, y.journal)
}

func TestALeadThatWasErasedBeforeItsEndpointWasKnownIsNotDelivered(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.find = func(deliveryID string) (models.Destination, error) {
		require.Equal(t, "dlv_1", deliveryID)
		return models.Destination{}, models.Errorf(models.CodeNotFound, "There is no such destination.")
	}
	y.open = func(models.Attempt) (store.Job, error) {
		return store.Job{}, erased()
	}
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.Equal(t, "the lead was erased", verdict.Message)
	require.Equal(t, []string{"open"}, y.journal)
}

func TestASwitchedOffActionIsNotCalled(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job := aJob(attempt)
		job.Destination.Enabled = false
		return job, nil
	}
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.Equal(t, models.OutcomeGiveUp, verdict.Outcome)
	require.Equal(t, models.ErrorActionDisabled, verdict.Code)
	require.Contains(t, verdict.Message, "replay")
	require.Equal(t, []string{"open", "close"}, y.journal)
	require.Equal(t, verdict, y.closed[0].Verdict())
	require.Zero(t, y.closed[0].DurationMS)
}

func TestAnEndpointThatIsGoneIsSwitchedOff(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{"": nil, "though that cannot be written": errors.New("the database is away")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTry(t)
			want := models.Verdict{Outcome: models.OutcomeDisable, HTTPStatus: 410, Code: models.ErrorGone, Message: "gone for good"}
			y.post = func(context.Context, webhook.Request) webhook.Response { return webhook.Response{Verdict: want} }
			y.disable = func(actionID, reason string, at time.Time) error {
				require.Equal(t, "act_1", actionID)
				require.Equal(t, "gone for good", reason)
				require.Equal(t, *y.closed[0].FinishedAt, at)
				return failure
			}
			verdict, err := y.deliver()
			require.NoError(t, err)
			require.Equal(t, want, verdict)
			require.Equal(t, []string{"open", "post", "close", "disable"}, y.journal)
			require.Equal(t, failure != nil, y.log.Len() > 0)
			y.requireSilent(t)
		})
	}
}

func TestTheVerdictCountsThoughItCannotBeWritten(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.close = func(context.Context, models.Attempt) error { return errors.New("the database is away") }
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.True(t, verdict.Delivered())
	require.Contains(t, y.log.String(), "level=WARN")
	require.Contains(t, y.log.String(), "deliveryId=dlv_1 n=2")
	require.Contains(t, y.log.String(), "the database is away")
	y.requireSilent(t)
}

func TestTroubleOfOursIsNoVerdict(t *testing.T) {
	t.Parallel()
	away := models.Errorf(models.CodeUnavailable, "The database does not answer.")
	for name, c := range map[string]struct {
		open func(models.Attempt) (store.Job, error)
		want string
	}{
		"the attempt cannot be opened": {
			func(models.Attempt) (store.Job, error) { return store.Job{}, away }, "open attempt: The database does not answer.",
		},
		"the headers do not open": {
			func(attempt models.Attempt) (store.Job, error) {
				job := aJob(attempt)
				job.Destination.Headers = models.Sealed("sealed under another key")
				return job, nil
			}, "open headers",
		},
		"the stored data is no JSON": {
			func(attempt models.Attempt) (store.Job, error) {
				job := aJob(attempt)
				job.Submission.FormData = models.Document(`{"email":`)
				return job, nil
			}, "encode webhook body",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newTry(t)
			y.open = c.open
			_, err := y.deliver()
			require.ErrorContains(t, err, c.want)
			require.Equal(t, []string{"open"}, y.journal, "it stays open for the next try")
			require.NotContains(t, err.Error(), "ada@example.com")
		})
	}
}

func TestNothingIsOpenedWhileTheEndpointCannotBeRead(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.find = func(string) (models.Destination, error) {
		return models.Destination{}, models.Errorf(models.CodeUnavailable, "The database does not answer.")
	}
	_, err := y.deliver()
	require.ErrorContains(t, err, "find endpoint: The database does not answer.")
	require.Empty(t, y.journal)
}
