package workflows

import (
	"go.temporal.io/sdk/workflow"

	"leadrail/activities"
	"leadrail/models"
)

// awaitPage waits for what the handler in the visitor's page reports: it may have
// done so before, does so within models.ClientWait, or not at all. Nothing is sent,
// so nothing is tried again.
func (c *capture) awaitPage(ctx workflow.Context, delivery models.PlannedDelivery) models.DeliveryOutcome {
	n := delivery.MaxAttempts()
	c.board.attempt(ctx, delivery.DeliveryID, n, n)
	return models.DeliveryOutcome{
		DeliveryID: delivery.DeliveryID, Label: delivery.Label(), Attempts: n,
		Verdict: c.pageVerdict(ctx, activities.ClientInput{
			SubmissionID: c.in.SubmissionID, DeliverInput: activities.DeliverInput{
				DeliveryID: delivery.DeliveryID, RunSeq: c.in.RunSeq, N: n, Trigger: delivery.FirstTrigger(), ActionID: delivery.ActionID,
			},
		}),
	}
}

// pageVerdict looks for the page's result whenever there may be one, and for a last
// time when the run waits no longer.
func (c *capture) pageVerdict(ctx workflow.Context, in activities.ClientInput) models.Verdict {
	always, release := workflow.NewDisconnectedContext(ctx)
	defer release()
	timing, stopTimer := workflow.WithCancel(ctx)
	defer stopTimer()
	reported := workflow.GetSignalChannel(ctx, ClientResultSignal)
	var timer workflow.Future
	for {
		var page *activities.Client
		var found activities.ClientVerdict
		if err := runStored(always, "look for the page's result", page.LookForResult, in, &found); err != nil || found.Known {
			return found.Verdict // an error would mean that somebody cancelled this context
		}
		if timer == nil {
			timer = workflow.NewTimerWithOptions(timing, models.ClientWait, workflow.TimerOptions{
				Summary: "waiting for the page's handler",
			})
		}
		in.End = awaitReport(ctx, reported, timer)
	}
}

// awaitReport waits until the page is said to have reported, and returns why the
// run waits no longer where it is not.
func awaitReport(ctx workflow.Context, reported workflow.ReceiveChannel, timer workflow.Future) (end models.ErrorCode) {
	workflow.NewSelector(ctx).
		AddReceive(reported, func(channel workflow.ReceiveChannel, _ bool) { drain(channel) }).
		AddFuture(timer, func(timer workflow.Future) {
			end = models.ErrorTimeout
			if timer.Get(ctx, nil) != nil {
				end = models.ErrorCancelled
			}
		}).
		Select(ctx)
	return end
}

// drain takes all signals that are there: one look is for all of them.
func drain(signals workflow.ReceiveChannel) {
	for signals.ReceiveAsync(nil) { // nothing stands in them
	}
}
