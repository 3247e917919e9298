package workflows_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"leadrail/activities"
	"leadrail/workflows"
)

// reconciling counts the rounds and what Temporal was told of them.
type reconciling struct {
	result  activities.ReconcileResult
	err     error
	rounds  int
	started activity.Info
}

func (r *reconciling) ReconcileLeads(ctx context.Context) (activities.ReconcileResult, error) {
	r.rounds++
	r.started = activity.GetInfo(ctx)
	return r.result, r.err
}

func (r *reconciling) execute(t *testing.T) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute) // a busy machine is not a hang
	env.RegisterWorkflowWithOptions(workflows.Reconcile, workflow.RegisterOptions{Name: workflows.ReconcileName})
	env.RegisterActivity(r)
	env.ExecuteWorkflow(workflows.ReconcileName)
	require.True(t, env.IsWorkflowCompleted())
	return env
}

func TestARoundTellsWhatItDid(t *testing.T) {
	t.Parallel()
	r := &reconciling{result: activities.ReconcileResult{Looked: 3, Repaired: 2, Alerts: 1}}
	env := r.execute(t)
	require.NoError(t, env.GetWorkflowError())
	var result activities.ReconcileResult
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, r.result, result)
	require.Equal(t, time.Minute, r.started.HeartbeatTimeout)
	require.Equal(t, 5*time.Minute, r.started.StartToCloseTimeout)
}

func TestARoundThatFailsLeavesTheRestToTheNext(t *testing.T) {
	t.Parallel()
	r := &reconciling{err: errors.New("the database is away")}
	env := r.execute(t)
	require.ErrorContains(t, env.GetWorkflowError(), "the database is away")
	require.Equal(t, 1, r.rounds)
}
