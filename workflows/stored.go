package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// runStored runs a short activity on our own database: as a local activity,
// which costs one event, and where that does not succeed as an ordinary one
// that is tried until the database is back. Only a cancellation of ctx ends it
// without success.
func runStored(ctx workflow.Context, summary string, activity, input, result any) error {
	err := workflow.ExecuteLocalActivity(localOptions(ctx, summary), activity, input).Get(ctx, result)
	if err == nil || temporal.IsCanceledError(err) {
		return err
	}
	workflow.GetLogger(ctx).Warn("local activity did not succeed, going on as an ordinary one",
		"activity", summary, "error", err)
	return workflow.ExecuteActivity(storeOptions(ctx, summary), activity, input).Get(ctx, result)
}
