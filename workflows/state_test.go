package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/sdk/v1"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

// state asks the run where it stands.
func (r *run) state() workflows.State {
	r.t.Helper()
	value, err := r.env.QueryWorkflow(workflows.StateQuery)
	require.NoError(r.t, err)
	var state workflows.State
	require.NoError(r.t, value.Get(&state))
	return state
}

// metadataQuery is answered by the SDK itself.
const metadataQuery = "__temporal_workflow_metadata"

// details returns the text that the Temporal UI shows of the run.
func (r *run) details() string {
	r.t.Helper()
	value, err := r.env.QueryWorkflow(metadataQuery)
	require.NoError(r.t, err)
	var metadata sdk.WorkflowMetadata
	require.NoError(r.t, value.Get(&metadata))
	return metadata.GetCurrentDetails()
}

// look calls something in the run's own goroutine and waits for it.
func (r *run) look(call func()) {
	done := make(chan struct{})
	r.at(0, func() {
		defer close(done)
		call()
	})
	<-done
}

func TestStateAndDetailsFollowTheRun(t *testing.T) {
	t.Parallel()
	r := newRun(t, webhook("crm", waits(0, time.Minute)...), webhook("mailing"))
	var states []workflows.State
	var details []string
	record := func() { states, details = append(states, r.state()), append(details, r.details()) }
	second := make(chan struct{})
	answers := script{"dlv_crm": {failed(), failed(), delivered()}}
	r.qualify = func() error { r.look(record); return nil }
	r.deliver = func(ctx context.Context, in activities.DeliverInput) (models.Verdict, error) {
		switch {
		case in.DeliveryID == "dlv_mailing":
			<-second // so that what is looked at below is never in a race
		case in.N == 1:
			r.look(record)
		case in.N == 2:
			r.look(record)
			close(second)
		}
		return answers.deliver(ctx, in)
	}
	r.at(30*time.Second, record)
	require.NoError(t, r.execute())
	record()

	due := r.journal.start.Add(time.Minute)
	state := func(status models.Status, crm, mailing workflows.DeliveryState) workflows.State {
		crm.DeliveryID, crm.Label, crm.MaxAttempts = "dlv_crm", "webhook crm", 3
		mailing.DeliveryID, mailing.Label, mailing.MaxAttempts = "dlv_mailing", "webhook mailing", 1
		return workflows.State{Status: status, Deliveries: []workflows.DeliveryState{crm, mailing}}
	}
	pending := workflows.DeliveryState{Status: models.DeliveryPending, Attempt: 1}
	done := workflows.DeliveryState{Status: models.DeliveryDelivered, Attempt: 1}
	require.Empty(t, cmp.Diff([]workflows.State{
		{Status: models.StatusPending, Deliveries: []workflows.DeliveryState{}},
		state(models.StatusPending, pending, pending),
		state(models.StatusRetrying, workflows.DeliveryState{Status: models.DeliveryRetrying, Attempt: 2}, pending),
		state(models.StatusRetrying, workflows.DeliveryState{
			Status: models.DeliveryRetrying, Attempt: 2, NextAttemptAt: &due,
		}, done),
		state(models.StatusCompleted, workflows.DeliveryState{Status: models.DeliveryDelivered, Attempt: 3}, done),
	}, states))

	head := "\n\n| delivery | status | attempt | next try | error |\n|---|---|---|---|---|\n"
	require.Equal(t, []string{
		"**pending**" + head,
		"**pending**" + head + "| webhook crm | pending | 1 of 3 |  |  |\n| webhook mailing | pending | 1 of 1 |  |  |\n",
		"**retrying**" + head + "| webhook crm | retrying | 2 of 3 |  |  |\n| webhook mailing | pending | 1 of 1 |  |  |\n",
		"**retrying**" + head + "| webhook crm | retrying | 2 of 3 | 2126-11-22 09:31:00 UTC |  |\n" +
			"| webhook mailing | delivered | 1 of 1 |  |  |\n",
		"**completed**" + head + "| webhook crm | delivered | 3 of 3 |  |  |\n| webhook mailing | delivered | 1 of 1 |  |  |\n",
	}, details)
}

func TestStateOfAFailedRunNamesTheError(t *testing.T) {
	t.Parallel()
	r := newRun(t, webhook("crm"))
	r.deliver = script{"dlv_crm": {failed()}}.deliver
	require.Error(t, r.execute())
	require.Empty(t, cmp.Diff(workflows.State{
		Status: models.StatusFailed,
		Deliveries: []workflows.DeliveryState{{
			DeliveryID: "dlv_crm", Label: "webhook crm", Status: models.DeliveryFailed,
			Attempt: 1, MaxAttempts: 1, ErrorCode: models.ErrorHTTPStatus,
		}},
	}, r.state()))
	require.Contains(t, r.details(), "**failed**")
	require.Contains(t, r.details(), "| webhook crm | failed | 1 of 1 |  | http_status |")
}
