package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// witness is a Watch that writes down what it sees.
type witness struct {
	host      string
	n         int
	sent      []models.Attempt
	attempted []models.Attempt
	ages      []time.Duration
	putOff    int
}

// sendingKey marks the context that Sending returned.
type sendingKey struct{}

func (w *witness) Sending(ctx context.Context, _ models.Delivery, n int, host string) (context.Context, func(models.Attempt)) {
	w.host, w.n = host, n
	return context.WithValue(ctx, sendingKey{}, true), func(attempt models.Attempt) { w.sent = append(w.sent, attempt) }
}

func (w *witness) Attempted(_ models.Delivery, attempt models.Attempt, submittedAt time.Time) {
	w.attempted = append(w.attempted, attempt)
	w.ages = append(w.ages, attempt.FinishedAt.Sub(submittedAt))
}

func (w *witness) PutOff() { w.putOff++ }

// watching is a try that a witness sees.
func watching(t *testing.T) (*try, *witness) {
	t.Helper()
	y, w := newTry(t), &witness{}
	y.webhook.Watch = w
	return y, w
}

func TestAnAttemptIsSeenOnceByItsVerdict(t *testing.T) {
	t.Parallel()
	y, w := watching(t)
	y.post = func(ctx context.Context, _ webhook.Request) webhook.Response {
		require.Equal(t, true, ctx.Value(sendingKey{}))
		return answered(500)
	}
	_, err := y.deliver()
	require.NoError(t, err)
	require.Equal(t, "hooks.example.com", w.host, "no path: it may hold a secret")
	require.Equal(t, 2, w.n)
	require.Len(t, w.sent, 1)
	require.Equal(t, models.ErrorHTTPStatus, w.sent[0].ErrorCode)
	require.Empty(t, cmp.Diff(y.closed, w.attempted))
	require.Equal(t, []time.Duration{3 * time.Second}, w.ages)

	y.open = func(attempt models.Attempt) (store.Job, error) {
		attempt.FinishedAt = &start
		attempt.Record(answered(500).Verdict)
		return aJob(attempt), nil
	}
	_, err = y.deliver()
	require.NoError(t, err)
	require.Len(t, w.attempted, 1, "a repeat after the verdict is no attempt")
}

func TestADisabledActionHasAVerdictAndNoRequest(t *testing.T) {
	t.Parallel()
	y, w := watching(t)
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job := aJob(attempt)
		job.Destination.Enabled = false
		return job, nil
	}
	_, err := y.deliver()
	require.NoError(t, err)
	require.Empty(t, w.sent)
	require.Len(t, w.attempted, 1)
	require.Equal(t, models.ErrorActionDisabled, w.attempted[0].ErrorCode)
}

func TestWhoIsPutOffIsSeen(t *testing.T) {
	t.Parallel()
	town, w := newTown(t, 1), &witness{}
	town.activity.Watch = w
	first := town.hangOn(t)
	require.Error(t, town.slot()("hung-2"))
	require.Equal(t, 1, w.putOff)
	close(town.hang)
	require.NoError(t, <-first)
}
