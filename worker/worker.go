package worker

import (
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"leadrail/activities"
	"leadrail/workflows"
)

// Activities are the side effects that the worker makes.
type Activities struct {
	Lead      *activities.Lead
	Webhook   *activities.Webhook
	Email     *activities.Email
	Slack     *activities.Slack
	Client    *activities.Client
	Alert     *activities.Alert
	Reconcile *activities.Reconcile
	Replay    *activities.Replay
}

// Options of a worker.
type Options struct {
	// OnFatalError is called once when the worker cannot go on, for example
	// because its namespace is gone.
	OnFatalError func(error)
}

// Limits of a worker. Local activities wait for a connection to the database,
// so there are no more of them than a few per connection.
const (
	workflowPollers    = 8
	activityPollers    = 8
	localActivitySlots = 64
	activitySlots      = 500
	// stopTimeout lets a request under way, 30 s at most, reach its verdict.
	stopTimeout = 35 * time.Second
	// deadlockTimeout is generous: a small machine stalls.
	deadlockTimeout = 5 * time.Second
)

// New makes a worker on the task queue of leads. The caller starts and stops
// it. Every name is explicit: renaming a Go function breaks no history.
func New(temporal client.Client, effects Activities, options Options) worker.Worker {
	w := worker.New(temporal, workflows.TaskQueue, worker.Options{
		MaxConcurrentWorkflowTaskPollers:        workflowPollers,
		MaxConcurrentActivityTaskPollers:        activityPollers,
		MaxConcurrentLocalActivityExecutionSize: localActivitySlots,
		MaxConcurrentActivityExecutionSize:      activitySlots,
		WorkerStopTimeout:                       stopTimeout,
		DeadlockDetectionTimeout:                deadlockTimeout,
		DisableRegistrationAliasing:             true,
		OnFatalError:                            options.OnFatalError,
	})
	w.RegisterWorkflowWithOptions(workflows.Capture, workflow.RegisterOptions{Name: workflows.CaptureName})
	w.RegisterWorkflowWithOptions(workflows.Reconcile, workflow.RegisterOptions{Name: workflows.ReconcileName})
	w.RegisterWorkflowWithOptions(workflows.Replay, workflow.RegisterOptions{Name: workflows.ReplayName})
	for _, effect := range []any{
		effects.Lead, effects.Webhook, effects.Email, effects.Slack, effects.Client, effects.Alert, effects.Reconcile, effects.Replay,
	} {
		w.RegisterActivityWithOptions(effect, activity.RegisterOptions{})
	}
	return w
}
