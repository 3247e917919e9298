package workflows_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

// walk is a replay of many leads under a clock that skips what nothing happens in.
type walk struct {
	env   *testsuite.TestWorkflowEnvironment
	start time.Time
	// page answers for the nth page, from 1.
	page func(n int) (activities.ReplayPageResult, error)

	inputs    []activities.ReplayPageInput
	at        []time.Duration
	cancelled []string
}

func newWalk(t *testing.T, page func(n int) (activities.ReplayPageResult, error)) *walk {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	w := &walk{env: suite.NewTestWorkflowEnvironment(), start: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), page: page}
	w.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute})
	w.env.SetTestTimeout(time.Minute)
	w.env.SetStartTime(w.start)
	w.env.RegisterWorkflowWithOptions(workflows.Replay, workflow.RegisterOptions{Name: workflows.ReplayName})
	w.env.RegisterActivity(w)
	return w
}

// ReplayLeads stands in for the activity.
func (w *walk) ReplayLeads(_ context.Context, in activities.ReplayPageInput) (activities.ReplayPageResult, error) {
	w.inputs, w.at = append(w.inputs, in), append(w.at, w.env.Now().Sub(w.start))
	return w.page(len(w.inputs))
}

// CancelReplay stands in for the activity.
func (w *walk) CancelReplay(_ context.Context, replayID string) error {
	w.cancelled = append(w.cancelled, replayID)
	return nil
}

func (w *walk) execute(t *testing.T) error {
	t.Helper()
	w.env.ExecuteWorkflow(workflows.ReplayName, workflows.ReplayInput{ReplayID: "rpl_1", RatePerSecond: 7})
	require.True(t, w.env.IsWorkflowCompleted())
	return w.env.GetWorkflowError()
}

func placed(status models.ReplayStatus, n int) activities.ReplayPageResult {
	return activities.ReplayPageResult{Status: status, Replayed: 7, After: &activities.ReplayPlace{ID: fmt.Sprintf("sub_%d", n)}}
}

func TestAReplayMakesAPageASecond(t *testing.T) {
	t.Parallel()
	w := newWalk(t, func(n int) (activities.ReplayPageResult, error) {
		if n == 3 {
			return placed(models.ReplayCompleted, n), nil
		}
		return placed(models.ReplayRunning, n), nil
	})
	require.NoError(t, w.execute(t))
	require.Equal(t, []activities.ReplayPageInput{
		{ReplayID: "rpl_1", Limit: 7},
		{ReplayID: "rpl_1", After: &activities.ReplayPlace{ID: "sub_1"}, Limit: 7},
		{ReplayID: "rpl_1", After: &activities.ReplayPlace{ID: "sub_2"}, Limit: 7},
	}, w.inputs)
	require.Equal(t, []time.Duration{0, time.Second, 2 * time.Second}, w.at)
}

func TestAPausedReplayLooksAgainWhenItIsWoken(t *testing.T) {
	t.Parallel()
	w := newWalk(t, func(n int) (activities.ReplayPageResult, error) {
		if n == 3 {
			return placed(models.ReplayCancelled, n), nil
		}
		return placed(models.ReplayPaused, n), nil
	})
	w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(workflows.WakeSignal, nil) }, time.Minute)
	require.NoError(t, w.execute(t))
	require.Equal(t, []time.Duration{0, time.Minute, 11 * time.Minute}, w.at, "and by itself, should the word of it be lost")
}

func TestALongReplayGoesOnInAnotherRun(t *testing.T) {
	t.Parallel()
	w := newWalk(t, func(n int) (activities.ReplayPageResult, error) { return placed(models.ReplayRunning, n), nil })
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, w.execute(t), &next)
	require.Len(t, w.inputs, 500)
}

func TestACancelledReplaySaysSo(t *testing.T) {
	t.Parallel()
	w := newWalk(t, func(n int) (activities.ReplayPageResult, error) { return placed(models.ReplayRunning, n), nil })
	w.env.RegisterDelayedCallback(func() { w.env.CancelWorkflow() }, 1500*time.Millisecond)
	require.True(t, temporal.IsCanceledError(w.execute(t)))
	require.Equal(t, []string{"rpl_1"}, w.cancelled)
}
