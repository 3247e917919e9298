package workflows_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
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

// run is one run of the workflow, under a clock that skips what nothing
// happens in.
type run struct {
	effects

	t       *testing.T
	env     *testsuite.TestWorkflowEnvironment
	upserts []map[string]any
	// warnings are what the run logs that somebody should look at.
	warnings bytes.Buffer
}

// newRun prepares a run of a lead with the deliveries.
func newRun(t *testing.T, deliveries ...models.PlannedDelivery) *run {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	r := &run{t: t}
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(&r.warnings, &slog.HandlerOptions{Level: slog.LevelWarn}))))
	r.env = suite.NewTestWorkflowEnvironment()
	// Local activities are retried until a time that the environment takes from its
	// own clock and compares with the real one, which must not be there yet.
	start := time.Date(2126, 11, 22, 9, 30, 0, 0, time.UTC)
	r.journal = &journal{start: start, now: r.env.Now, remote: map[string]int{}}
	r.persist = func() (models.Plan, error) { return models.Plan{Deliveries: deliveries}, nil }

	// A busy machine is neither a deadlock nor a hang.
	r.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute})
	r.env.SetTestTimeout(time.Minute)
	r.env.SetStartTime(start)
	r.env.RegisterWorkflowWithOptions(workflows.Capture, workflow.RegisterOptions{Name: workflows.CaptureName})
	r.env.RegisterActivity(&r.effects)
	r.env.OnUpsertTypedSearchAttributes(mock.Anything).Return(nil).Run(func(args mock.Arguments) {
		attributes := map[string]any{}
		for key, value := range args[0].(temporal.SearchAttributes).GetUntypedValues() {
			attributes[key.GetName()] = value
		}
		r.upserts = append(r.upserts, attributes)
		r.journal.upsert(attributes[workflows.LeadStatus.GetName()])
	}).Maybe()
	return r
}

// input starts the second run of a lead, so that the number can be told from
// a default.
func input() workflows.CaptureInput {
	return workflows.CaptureInput{
		SubmissionID: "sub_1", FormID: "form_1", FormVersion: 3, RunSeq: 2, Lead: models.Sealed("sealed bytes"),
	}
}

// execute runs the workflow to its end and returns its error.
func (r *run) execute() error {
	r.t.Helper()
	r.env.ExecuteWorkflow(workflows.CaptureName, input())
	require.True(r.t, r.env.IsWorkflowCompleted())
	return r.env.GetWorkflowError()
}

// at calls something at a time of the run, counted from its start.
func (r *run) at(after time.Duration, call func()) { r.env.RegisterDelayedCallback(call, after) }

// conclusion is what the run's one Finalize was given.
func (r *run) conclusion() models.Conclusion {
	r.t.Helper()
	inputs := inputsOf[activities.FinalizeInput](r.journal)
	require.NotEmpty(r.t, inputs)
	for _, in := range inputs {
		require.Equal(r.t, inputs[0], in, "a repeat is given the same")
	}
	return inputs[0].Conclusion
}

// answer is what came of an update.
type answer struct {
	Accepted bool
	Rejected error
	Result   any
	Err      error
	done     chan struct{}
}

// update sends an update. Its answer is there once done is closed, at the end
// of the run at the latest.
func (r *run) update(name string, in any) *answer {
	a := &answer{done: make(chan struct{})}
	r.env.UpdateWorkflow(name, "", &testsuite.TestUpdateCallback{
		OnAccept: func() { a.Accepted = true },
		OnReject: func(err error) { a.Rejected = err; close(a.done) },
		OnComplete: func(result any, err error) {
			a.Result, a.Err = result, err
			close(a.done)
		},
	}, in)
	return a
}

// requireRejected checks that an update left no trace, for the reason.
func requireRejected(t *testing.T, a *answer, reason string) {
	t.Helper()
	require.False(t, a.Accepted)
	require.Equal(t, reason, errorType(t, a.Rejected))
}

// errorType returns the type of the application error.
func errorType(t *testing.T, err error) string {
	t.Helper()
	var application *temporal.ApplicationError
	require.ErrorAs(t, err, &application)
	require.True(t, application.NonRetryable())
	return application.Type()
}

// webhook plans a delivery, dlv_<name>, with the waits of its schedule.
func webhook(name string, schedule ...models.Duration) models.PlannedDelivery {
	return models.PlannedDelivery{DeliveryID: "dlv_" + name, Action: name, Type: models.ActionWebhook, Schedule: schedule}
}

// standard plans a delivery with the default schedule.
func standard(name string) models.PlannedDelivery {
	return webhook(name, models.DefaultRetrySchedule()...)
}

// waits makes a schedule.
func waits(durations ...time.Duration) []models.Duration {
	schedule := make([]models.Duration, len(durations))
	for i, duration := range durations {
		schedule[i] = models.Duration(duration)
	}
	return schedule
}
