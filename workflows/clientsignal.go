package workflows

import "context"

// SignalClientResult lets a lead's open run know that the visitor's page has
// reported. It is not found where no run is open, and needs no worker.
func (c *Client) SignalClientResult(ctx context.Context, submissionID string) error {
	return reachError(c.temporal.SignalWorkflow(ctx, CaptureID(submissionID), "", ClientResultSignal, nil), "signal client result")
}
