package workflows

import (
	"go.temporal.io/sdk/workflow"

	"leadrail/activities"
	"leadrail/models"
)

// work is the deliveries of a run.
type work struct {
	// ctx ends when the run is cancelled.
	ctx  workflow.Context
	plan []models.PlannedDelivery
	// due are those to begin, underWay counts those that have begun.
	due      []models.PlannedDelivery
	underWay int
	// outcomes are how the deliveries ended, by id.
	outcomes map[string]models.DeliveryOutcome
}

// deliverAll makes every delivery of the plan, in parallel and each on its
// own, those again that are to be delivered again meanwhile, and returns how
// they ended, in the plan's order.
func (c *capture) deliverAll(ctx workflow.Context, plan models.Plan) []models.DeliveryOutcome {
	c.board.open(ctx, plan)
	c.work = work{ctx: ctx, plan: plan.Deliveries, due: plan.Deliveries, outcomes: map[string]models.DeliveryOutcome{}}
	forever, release := workflow.NewDisconnectedContext(ctx)
	defer release()
	for len(c.work.due) > 0 || c.work.underWay > 0 {
		for _, delivery := range c.work.due {
			c.begin(delivery)
		}
		c.work.due = nil
		workflow.Await(forever, c.work.changed) // an error would mean that somebody cancelled this context
	}
	outcomes := make([]models.DeliveryOutcome, len(plan.Deliveries))
	for i, delivery := range plan.Deliveries {
		outcomes[i] = c.work.outcomes[delivery.DeliveryID]
	}
	return outcomes
}

// changed reports that something is to begin, or all has ended.
func (w *work) changed() bool { return len(w.due) > 0 || w.underWay == 0 }

// begin makes one delivery beside the others.
func (c *capture) begin(delivery models.PlannedDelivery) {
	c.work.underWay++
	workflow.GoNamed(c.work.ctx, delivery.Label(), func(ctx workflow.Context) {
		defer func() { c.work.underWay-- }()
		outcome := c.deliverOrAwait(ctx, delivery)
		c.work.outcomes[delivery.DeliveryID] = outcome
		c.board.close(ctx, outcome)
	})
}

// deliverOrAwait makes a delivery, or waits for the page that makes it.
func (c *capture) deliverOrAwait(ctx workflow.Context, delivery models.PlannedDelivery) models.DeliveryOutcome {
	if delivery.Type == models.ActionClient {
		return c.awaitPage(ctx, delivery)
	}
	return c.deliver(ctx, delivery)
}

// deliver makes attempts until one succeeds, one forbids another, the schedule
// is used up, or the run is cancelled.
func (c *capture) deliver(ctx workflow.Context, delivery models.PlannedDelivery) models.DeliveryOutcome {
	outcome := models.DeliveryOutcome{DeliveryID: delivery.DeliveryID, Label: delivery.Label(), Attempts: delivery.Made}
	trigger := delivery.FirstTrigger()
	for n := delivery.Made + 1; n <= delivery.MaxAttempts() && ctx.Err() == nil; n++ {
		outcome.Attempts = n
		outcome.Verdict = c.attempt(ctx, delivery, n, trigger)
		if outcome.Verdict.Final() || n == delivery.MaxAttempts() {
			return outcome
		}
		trigger = c.waitForRetry(ctx, delivery, n, outcome.Verdict)
	}
	outcome.Verdict = models.Verdict{
		Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled,
		HTTPStatus: outcome.Verdict.HTTPStatus, Message: "cancelled before it was delivered",
	}
	return outcome
}

// attempt returns the endpoint's verdict on one try. Its activity fails only
// when the run is cancelled before a worker could answer.
func (c *capture) attempt(ctx workflow.Context, delivery models.PlannedDelivery, n int, trigger models.Trigger) models.Verdict {
	c.board.attempt(ctx, delivery.DeliveryID, n, delivery.MaxAttempts())
	in := activities.DeliverInput{
		DeliveryID: delivery.DeliveryID, RunSeq: c.in.RunSeq, N: n, Trigger: trigger, ActionID: delivery.ActionID,
		Retargeted: delivery.Retargeted,
	}
	if delivery.Quick && n == delivery.Made+1 {
		if tried := tryWebhook(ctx, in, attemptSummary(delivery, n)); tried.Made {
			return tried.Verdict
		}
	}
	var verdict models.Verdict
	options := deliverOptions(ctx, attemptSummary(delivery, n))
	err := workflow.ExecuteActivity(options, deliveryActivity(delivery.Type), in).Get(ctx, &verdict)
	if err == nil {
		return verdict
	}
	workflow.GetLogger(ctx).Warn("attempt ended without a verdict", "deliveryId", delivery.DeliveryID, "error", err)
	return models.Verdict{
		Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled, Message: "cancelled before an answer came",
	}
}

// tryWebhook makes an attempt within the workflow task. Where it was not made, or
// nothing is known of it, the activity that follows makes the same one, or finds
// its verdict. Like that one it is not cut short by a cancellation.
func tryWebhook(ctx workflow.Context, in activities.DeliverInput, summary string) (tried activities.TryResult) {
	var webhook *activities.Webhook
	ctx, release := workflow.NewDisconnectedContext(ctx)
	defer release()
	err := workflow.ExecuteLocalActivity(tryOptions(ctx, summary), webhook.TryWebhook, in).Get(ctx, &tried)
	if err != nil {
		workflow.GetLogger(ctx).Info("attempt within the workflow task came to nothing", "deliveryId", in.DeliveryID, "error", err)
		return activities.TryResult{}
	}
	return tried
}

// deliveryActivity is the activity that makes attempts of the type.
func deliveryActivity(kind models.ActionType) any {
	var webhook *activities.Webhook
	var email *activities.Email
	var slack *activities.Slack
	switch kind {
	case models.ActionWebhook:
		return webhook.DeliverWebhook
	case models.ActionEmail:
		return email.DeliverEmail
	case models.ActionSlack:
		return slack.DeliverSlack
	default:
		return string(kind)
	}
}

// waitForRetry waits as long as the schedule or the endpoint asks for, or
// until somebody wants the next attempt now, and returns what ended the wait.
// The time that it takes to record the wait is part of it.
func (c *capture) waitForRetry(ctx workflow.Context, delivery models.PlannedDelivery, failed int, verdict models.Verdict) models.Trigger {
	wait := max(delivery.WaitAfter(failed), verdict.RetryAfter)
	due := workflow.Now(ctx).Add(wait)
	if err := c.markRetrying(ctx, activities.RetryingInput{
		SubmissionID:  c.in.SubmissionID,
		RunSeq:        c.in.RunSeq,
		DeliveryID:    delivery.DeliveryID,
		Attempt:       failed,
		Verdict:       verdict,
		NextAttemptAt: due,
	}); err != nil {
		return models.TriggerSchedule
	}
	wake := c.board.wait(ctx, delivery.DeliveryID, due)
	timerCtx, stopTimer := workflow.WithCancel(ctx)
	defer stopTimer()

	trigger := models.TriggerSchedule
	workflow.NewSelector(ctx).
		AddFuture(workflow.NewTimerWithOptions(timerCtx, due.Sub(workflow.Now(ctx)), workflow.TimerOptions{
			Summary: waitSummary(delivery, failed+1),
		}), func(workflow.Future) {}).
		AddFuture(wake, func(workflow.Future) { trigger = models.TriggerRetryNow }).
		Select(ctx)
	return trigger
}

// markRetrying records the wait, and makes the lead findable as retrying once.
func (c *capture) markRetrying(ctx workflow.Context, in activities.RetryingInput) error {
	var lead *activities.Lead
	if err := runStored(ctx, "mark retrying", lead.MarkRetrying, in, nil); err != nil {
		return err
	}
	if c.board.retrying {
		return nil
	}
	c.board.retrying = true
	return workflow.UpsertTypedSearchAttributes(ctx, LeadStatus.ValueSet(string(models.StatusRetrying)))
}
