package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// RetryNowInput asks for the next attempt of what waits.
type RetryNowInput struct {
	// DeliveryIDs names deliveries; empty means all that wait.
	DeliveryIDs []string `json:"deliveryIds,omitempty"`
}

// RetryNowResult says whose waits ended.
type RetryNowResult struct {
	DeliveryIDs []string `json:"deliveryIds"`
}

// CancelInput ends a run without further attempts.
type CancelInput struct {
	// Reason is shown with the failed lead. It is recorded in workflow history.
	Reason string `json:"reason,omitempty"`
}

// handleMessages answers the query and the updates of a run.
func (c *capture) handleMessages(ctx workflow.Context) error {
	c.board.state.Deliveries = []DeliveryState{}
	c.board.show(ctx, "pending")
	if err := workflow.SetQueryHandler(ctx, StateQuery, func() (State, error) { return c.board.state, nil }); err != nil {
		return err
	}
	err := workflow.SetUpdateHandlerWithOptions(ctx, RetryNowUpdate, c.retryNow, workflow.UpdateHandlerOptions{
		Validator: c.validateRetryNow, Description: "Make the next attempt of every waiting delivery now",
	})
	if err != nil {
		return err
	}
	err = workflow.SetUpdateHandlerWithOptions(ctx, RedeliverUpdate, c.redeliver, workflow.UpdateHandlerOptions{
		Validator: c.validateRedeliver, Description: "Deliver again what has given up",
	})
	if err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, CancelUpdate, c.cancelRun, workflow.UpdateHandlerOptions{
		Validator: c.validateCancel, Description: "End the run without further attempts",
	})
}

// validateRetryNow refuses without a trace in history.
func (c *capture) validateRetryNow(_ workflow.Context, in RetryNowInput) error {
	if len(c.board.waiting(in.DeliveryIDs)) == 0 {
		return temporal.NewNonRetryableApplicationError("no delivery waits for a retry", ErrTypeNothingWaiting, nil)
	}
	return nil
}

func (c *capture) retryNow(_ workflow.Context, in RetryNowInput) (RetryNowResult, error) {
	return RetryNowResult{DeliveryIDs: c.board.wake(in.DeliveryIDs)}, nil
}

func (c *capture) validateCancel(workflow.Context, CancelInput) error {
	if c.finishing {
		return temporal.NewNonRetryableApplicationError("the lead is finished", ErrTypeFinished, nil)
	}
	return nil
}

func (c *capture) cancelRun(_ workflow.Context, in CancelInput) error {
	c.cancelReason = in.Reason
	c.cancel()
	return nil
}
