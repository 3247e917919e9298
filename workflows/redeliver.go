package workflows

import (
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"leadrail/models"
)

// RedeliverInput asks an open run for another walk through the schedules of
// deliveries that gave up.
type RedeliverInput struct {
	// DeliveryIDs names deliveries, each of which must have given up; empty means
	// all that have.
	DeliveryIDs []string `json:"deliveryIds,omitempty"`
}

// RedeliverResult says what is delivered again.
type RedeliverResult struct {
	DeliveryIDs []string `json:"deliveryIds"`
}

// validateRedeliver refuses without a trace in history.
func (c *capture) validateRedeliver(_ workflow.Context, in RedeliverInput) error {
	failed := c.board.failed(in.DeliveryIDs)
	other := slices.ContainsFunc(in.DeliveryIDs, func(id string) bool { return !slices.Contains(failed, id) })
	if c.finishing || len(failed) == 0 || other || c.work.ctx.Err() != nil {
		return temporal.NewNonRetryableApplicationError("no such delivery has given up", ErrTypeNothingFailed, nil)
	}
	return nil
}

// redeliver lets deliveries that gave up begin anew, beside those that go on.
func (c *capture) redeliver(_ workflow.Context, in RedeliverInput) (RedeliverResult, error) {
	again := c.board.reopen(in.DeliveryIDs)
	for _, delivery := range c.work.plan {
		if slices.Contains(again, delivery.DeliveryID) {
			delivery.Made = c.work.outcomes[delivery.DeliveryID].Attempts
			delivery.Trigger = models.TriggerReplay
			c.work.due = append(c.work.due, delivery)
		}
	}
	return RedeliverResult{DeliveryIDs: again}, nil
}
