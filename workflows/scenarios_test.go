package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

// scenario is one way a run can go, to be played on a real server.
type scenario struct {
	effects

	// bulk is the input of a replay of many leads; nil for a lead's own run.
	bulk *workflows.ReplayInput
	// interfere acts on the run from outside while it is open.
	interfere func(t *testing.T, temporal client.Client, workflowID string)
	fails     bool
}

// scenarios are the recorded ones, by the name of the file.
func scenarios() map[string]scenario {
	return map[string]scenario{
		"no-delivery":    {effects: effects{persist: plan()}},
		"stored-already": {effects: effects{persist: func() (models.Plan, error) { return models.Plan{Stored: true}, nil }}},
		"ended-already": {fails: true, effects: effects{persist: func() (models.Plan, error) {
			return models.Plan{Stored: true, Ended: true, Undelivered: []models.DeliveryOutcome{left("crm")}}, nil
		}}},
		"one-webhook":  {effects: effects{persist: plan(standard("crm"))}},
		"two-webhooks": {effects: effects{persist: plan(standard("crm"), standard("mailing"))}},
		"retried": {effects: effects{
			persist: plan(webhook("crm", waits(0, time.Second)...), standard("mailing")),
			deliver: script{"dlv_crm": {failed(), failed(), delivered()}}.deliver,
		}},
		"failed": {fails: true, effects: effects{
			persist: plan(webhook("crm", waits(0, time.Second)...), webhook("gone", waits(time.Hour)...)),
			deliver: script{
				"dlv_crm":  {failed()},
				"dlv_gone": {{Outcome: models.OutcomeDisable, HTTPStatus: 410, Code: models.ErrorGone}},
			}.deliver,
		}},
		"retried-now": {interfere: retryNow, effects: effects{
			persist: plan(webhook("crm", waits(time.Hour)...)),
			deliver: script{"dlv_crm": {failed(), delivered()}}.deliver,
		}},
		"cancelled": {interfere: cancelWaiting, fails: true, effects: effects{
			persist: plan(webhook("crm", waits(time.Hour)...), standard("mailing")),
			deliver: script{"dlv_crm": {failed()}}.deliver,
		}},
		"cancelled-by-server": {interfere: cancelByServer, fails: true, effects: effects{
			persist: plan(webhook("crm", waits(time.Hour)...)),
			deliver: script{"dlv_crm": {failed()}}.deliver,
		}},
		"cancelled-in-request": {interfere: cancelAttempt, fails: true, effects: effects{
			persist: plan(standard("crm")), deliver: deliverUntilCancelled,
		}},
		"database-away": {effects: databaseAway()},
		"redelivered": {interfere: redeliverFailed, effects: effects{
			persist: plan(webhook("crm"), webhook("mailing", waits(time.Hour)...)),
			deliver: script{"dlv_crm": {failed(), delivered()}, "dlv_mailing": {failed(), delivered()}}.deliver,
		}},
		"replayed": {fails: true, effects: effects{persist: replayPlan}},
		"page-reported-before": {effects: effects{
			persist: plan(thePage()), lookUp: (&report{verdict: new(delivered())}).look,
		}},
		"page-reported":  pageReports(delivered()),
		"page-failed":    pageReports(gaveUpAs(models.ErrorHandlerFailed)),
		"page-cancelled": {interfere: cancelAttempt, fails: true, effects: effects{persist: plan(thePage()), lookUp: (&report{}).look}},
		"many-replayed": {
			bulk: &workflows.ReplayInput{ReplayID: "rpl_1", RatePerSecond: 2}, interfere: wakeReplay,
			effects: effects{replayLeads: threePages},
		},
	}
}

// threePages are one with leads, one of a paused replay, and the last.
func threePages(in activities.ReplayPageInput) activities.ReplayPageResult {
	switch {
	case in.After == nil:
		return placed(models.ReplayRunning, 1)
	case in.After.ID == "sub_1":
		return placed(models.ReplayPaused, 2)
	default:
		return placed(models.ReplayCompleted, 3)
	}
}

// wakeReplay wakes a replay until it has ended.
func wakeReplay(t *testing.T, temporal client.Client, workflowID string) {
	t.Helper()
	require.Eventually(t, func() bool {
		return temporal.SignalWorkflow(t.Context(), workflowID, "", workflows.WakeSignal, nil) != nil
	}, time.Minute, time.Second)
}

// replayPlan is that of a replay that chose one of two deliveries.
func replayPlan() (models.Plan, error) {
	chosen := standard("crm")
	chosen.Trigger = models.TriggerReplay
	return models.Plan{
		Deliveries: []models.PlannedDelivery{chosen}, Undelivered: []models.DeliveryOutcome{left("mailing")},
	}, nil
}

func plan(deliveries ...models.PlannedDelivery) func() (models.Plan, error) {
	return func() (models.Plan, error) { return models.Plan{Deliveries: deliveries}, nil }
}

// databaseAway lets every write fail inside the workflow task and once outside
// of it.
func databaseAway() effects {
	persisted, plan := failing(3), plan(webhook("crm", waits(time.Second)...))
	return effects{
		qualify: failing(3),
		persist: func() (models.Plan, error) {
			if err := persisted(); err != nil {
				return models.Plan{}, err
			}
			return plan()
		},
		deliver:      script{"dlv_crm": {failed(), delivered()}}.deliver,
		markRetrying: failing(3),
		finalize:     failing(3),
	}
}

// deliverUntilCancelled is an endpoint that does not answer: the attempt ends
// when Temporal asks for it.
func deliverUntilCancelled(ctx context.Context, _ activities.DeliverInput) (models.Verdict, error) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for ctx.Err() == nil {
		activity.RecordHeartbeat(ctx)
		<-ticker.C
	}
	return models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled, Message: "cancelled by request"}, nil
}

// pageReports is a run whose page is said to have reported, and then reports, beside
// a webhook that is tried again.
func pageReports(verdict models.Verdict) scenario {
	page := &report{}
	return scenario{
		fails: !verdict.Delivered(),
		effects: effects{
			persist: plan(webhook("crm", waits(time.Second)...), thePage()), lookUp: page.look,
			deliver: script{"dlv_crm": {failed(), delivered()}}.deliver,
		},
		interfere: func(t *testing.T, temporal client.Client, workflowID string) {
			t.Helper()
			said := func() {
				require.NoError(t, temporal.SignalWorkflow(t.Context(), workflowID, "", workflows.ClientResultSignal, nil))
			}
			waitUntil(t, temporal, workflowID, func(state workflows.State) bool {
				return len(state.Deliveries) == 2 && state.Deliveries[0].Status == models.DeliveryDelivered
			})
			said()
			require.Eventually(t, func() bool { return page.count() == 2 }, time.Minute, 50*time.Millisecond)
			page.put(verdict)
			said()
		},
	}
}

func waiting(state workflows.State) bool {
	for _, delivery := range state.Deliveries {
		if delivery.NextAttemptAt == nil && delivery.Status != models.DeliveryDelivered {
			return false
		}
	}
	return len(state.Deliveries) > 0
}

func underWay(state workflows.State) bool {
	return len(state.Deliveries) > 0 && state.Deliveries[0].Attempt == 1
}

func retryNow(t *testing.T, temporal client.Client, workflowID string) {
	t.Helper()
	waitUntil(t, temporal, workflowID, waiting)
	update(t, temporal, workflowID, workflows.RetryNowUpdate, workflows.RetryNowInput{})
}

// redeliverFailed delivers again what gave up, and then what waits.
func redeliverFailed(t *testing.T, temporal client.Client, workflowID string) {
	t.Helper()
	crmIs := func(status models.DeliveryStatus) func(workflows.State) bool {
		return func(state workflows.State) bool {
			return len(state.Deliveries) == 2 && state.Deliveries[0].Status == status && state.Deliveries[1].NextAttemptAt != nil
		}
	}
	waitUntil(t, temporal, workflowID, crmIs(models.DeliveryFailed))
	update(t, temporal, workflowID, workflows.RedeliverUpdate, workflows.RedeliverInput{})
	waitUntil(t, temporal, workflowID, crmIs(models.DeliveryDelivered))
	update(t, temporal, workflowID, workflows.RetryNowUpdate, workflows.RetryNowInput{})
}

func cancelWaiting(t *testing.T, temporal client.Client, workflowID string) {
	t.Helper()
	waitUntil(t, temporal, workflowID, waiting)
	update(t, temporal, workflowID, workflows.CancelUpdate, workflows.CancelInput{Reason: "a duplicate"})
}

func cancelByServer(t *testing.T, temporal client.Client, workflowID string) {
	t.Helper()
	waitUntil(t, temporal, workflowID, waiting)
	require.NoError(t, temporal.CancelWorkflow(t.Context(), workflowID, ""))
}

func cancelAttempt(t *testing.T, temporal client.Client, workflowID string) {
	t.Helper()
	waitUntil(t, temporal, workflowID, underWay)
	update(t, temporal, workflowID, workflows.CancelUpdate, workflows.CancelInput{Reason: "a test"})
}
