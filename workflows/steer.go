package workflows

import (
	"context"
	"errors"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"leadrail/models"
)

// Reasons of the conflicts that steering a run can meet.
const (
	ReasonNothingWaiting = "nothing_waiting"
	ReasonNothingFailed  = "nothing_failed"
	ReasonFinished       = "finished"
)

// RetryNow makes the next attempt of every delivery of a lead that waits, and
// returns whose waits it ended. Calls with one id are one call, however often it
// is repeated. It is a conflict when nothing waits, and needs a worker.
func (c *Client) RetryNow(ctx context.Context, submissionID, callID string) ([]string, error) {
	var result RetryNowResult
	err := c.update(ctx, submissionID, callID, RetryNowUpdate, RetryNowInput{}, &result)
	return result.DeliveryIDs, err
}

// Redeliver delivers again what has given up in a run that goes on, the named
// deliveries or all, and returns which. Calls with one id are one call. It is a
// conflict when nothing has given up or something named has not, and needs a
// worker.
func (c *Client) Redeliver(ctx context.Context, submissionID, callID string, deliveryIDs []string) ([]string, error) {
	var result RedeliverResult
	err := c.update(ctx, submissionID, callID, RedeliverUpdate, RedeliverInput{DeliveryIDs: deliveryIDs}, &result)
	return result.DeliveryIDs, err
}

// CancelCapture ends a lead's run without further attempts. It is a conflict when
// the run is ending already, and needs a worker.
func (c *Client) CancelCapture(ctx context.Context, submissionID, callID, reason string) error {
	return c.update(ctx, submissionID, callID, CancelUpdate, CancelInput{Reason: reason}, nil)
}

// update asks an open run for something and waits for the answer.
func (c *Client) update(ctx context.Context, submissionID, callID, name string, in, result any) error {
	handle, err := c.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: CaptureID(submissionID), UpdateID: callID, UpdateName: name, Args: []any{in},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, result)
	}
	return steerError(err, name)
}

// steerError codes what a run says to a request that it does not take.
func steerError(err error, name string) error {
	application, refused := errors.AsType[*temporal.ApplicationError](err)
	switch {
	case refused && application.Type() == ErrTypeNothingWaiting:
		return &models.Error{
			Code: models.CodeConflict, Reason: ReasonNothingWaiting,
			Message: "No delivery of the lead waits for a retry; a lead that has ended wants a replay.",
		}
	case refused && application.Type() == ErrTypeNothingFailed:
		return &models.Error{
			Code: models.CodeConflict, Reason: ReasonNothingFailed,
			Message: "The lead's run goes on and no such delivery has given up; retry makes the next attempt of what waits.",
		}
	case refused && application.Type() == ErrTypeFinished:
		return &models.Error{Code: models.CodeConflict, Reason: ReasonFinished, Message: "The lead has ended already."}
	}
	return reachError(err, name)
}
