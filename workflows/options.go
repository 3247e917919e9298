package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Bounds of the activities. All local activities of one workflow task together
// stay below 8 s, where the SDK would ask for a new task, unless an endpoint that
// was quick is not any more.
const (
	localTimeout     = 3 * time.Second
	localTryTimeout  = 1500 * time.Millisecond
	localTries       = 2
	storeTimeout     = 10 * time.Second
	deliverTimeout   = 40 * time.Second
	heartbeatTimeout = 10 * time.Second
	firstRetry       = 500 * time.Millisecond
	maxRetryInterval = 5 * time.Second
	alertTimeout     = 2 * time.Minute
	roundTimeout     = 5 * time.Minute
	roundHeartbeat   = time.Minute
)

// localOptions are for a short write to our own database inside the workflow
// task.
func localOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: localTimeout,
		StartToCloseTimeout:    localTryTimeout,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    100 * time.Millisecond,
			BackoffCoefficient: 2,
			MaximumAttempts:    localTries,
		},
		Summary: summary,
	})
}

// tryOptions are for an attempt within the workflow task: once, for the activity
// that follows is its repeat.
func tryOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: deliverTimeout,
		StartToCloseTimeout:    deliverTimeout,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
		Summary:                summary,
	})
}

// storeOptions are for the same write when the database is away: tried until
// it comes back.
func storeOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: storeTimeout,
		RetryPolicy:         outageRetries(),
		Summary:             summary,
	})
}

// deliverOptions are for one attempt. Temporal's own retries cover our outages
// alone, under the same attempt number, and so have no limit. A cancellation
// waits for the verdict of the request under way.
func deliverOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: deliverTimeout,
		HeartbeatTimeout:    heartbeatTimeout,
		WaitForCancellation: true,
		RetryPolicy:         outageRetries(),
		Summary:             summary,
	})
}

// alertOptions are for telling people of a failed lead: a few tries within
// alertTimeout, because the run stays open for them.
func alertOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ScheduleToCloseTimeout: alertTimeout,
		StartToCloseTimeout:    deliverTimeout,
		RetryPolicy:            outageRetries(),
		Summary:                summary,
	})
}

// roundOptions are for what a schedule starts anew: the next round is the
// retry.
func roundOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: roundTimeout,
		HeartbeatTimeout:    roundHeartbeat,
		RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 1},
		Summary:             summary,
	})
}

// pageOptions are for a page of a replay: tried until our database is back.
func pageOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: roundTimeout,
		HeartbeatTimeout:    roundHeartbeat,
		RetryPolicy:         outageRetries(),
		Summary:             summary,
	})
}

func outageRetries() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval:    firstRetry,
		BackoffCoefficient: 2,
		MaximumInterval:    maxRetryInterval,
	}
}
