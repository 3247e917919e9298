package workflows

import (
	"go.temporal.io/sdk/workflow"

	"leadrail/activities"
)

// Reconcile is one round of the reconciler: leads whose run ended without
// saying so are ended, and alerts that were held back are sent. A round that
// fails is followed by the next.
func Reconcile(ctx workflow.Context) (activities.ReconcileResult, error) {
	var reconcile *activities.Reconcile
	var result activities.ReconcileResult
	err := workflow.ExecuteActivity(roundOptions(ctx, "compare open leads with their runs"), reconcile.ReconcileLeads).Get(ctx, &result)
	return result, err
}
