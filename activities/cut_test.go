package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// cut is what a request that was cut short comes back with.
func cut() webhook.Response {
	return webhook.Response{Verdict: models.Verdict{
		Outcome: models.OutcomeRetry, Code: models.ErrorCancelled, Message: "the request was cut short",
	}}
}

func TestACancellationCutsTheRequest(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.post = func(ctx context.Context, _ webhook.Request) webhook.Response {
		y.cancel(temporal.NewCanceledError())
		<-ctx.Done()
		return cut()
	}
	y.close = func(ctx context.Context, _ models.Attempt) error {
		_, bounded := ctx.Deadline()
		require.True(t, bounded)
		return ctx.Err()
	}
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.Equal(t, models.OutcomeGiveUp, verdict.Outcome)
	require.Equal(t, models.ErrorCancelled, verdict.Code)
	require.Contains(t, verdict.Message, "may have taken it")
	require.Equal(t, verdict, y.closed[0].Verdict())
	require.Empty(t, y.log.String(), "the verdict is written under a context of its own")
}

func TestAnAnswerBeatsACancellation(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.post = func(ctx context.Context, _ webhook.Request) webhook.Response {
		y.cancel(temporal.NewCanceledError())
		<-ctx.Done()
		return answered(200)
	}
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.True(t, verdict.Delivered())
}

func TestAWorkerThatStopsLeavesNoVerdict(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.post = func(ctx context.Context, _ webhook.Request) webhook.Response {
		close(y.stopping)
		require.NoError(t, ctx.Err(), "first the worker waits")
		y.cancel(context.Canceled)
		<-ctx.Done()
		return cut()
	}
	_, err := y.deliver()
	require.ErrorContains(t, err, "the worker stops")
	require.Equal(t, []string{"open", "post"}, y.journal, "the row stays open for the worker that comes")
}

func TestALostHeartbeatCutsNothing(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.post = func(ctx context.Context, _ webhook.Request) webhook.Response {
		y.cancel(errors.New("the server did not take the heartbeat"))
		select {
		case <-ctx.Done():
			return cut()
		case <-time.After(20 * time.Millisecond):
			return answered(200)
		}
	}
	verdict, err := y.deliver()
	require.NoError(t, err)
	require.True(t, verdict.Delivered())
	require.Equal(t, []string{"open", "post", "close"}, y.journal)
}
