package workflows

import (
	"context"
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"leadrail/activities"
	"leadrail/models"
)

// StartReplay starts the run that a stored lead's number says, given the lead
// sealed. The run before may be open for a moment after it wrote how it ended;
// it is waited for. Starting the same run again while it is open changes
// nothing, and after it has ended another one of that number finds nothing to do.
func (c *Client) StartReplay(ctx context.Context, lead models.Submission, sealed models.Sealed) error {
	in := CaptureInput{
		SubmissionID: lead.ID, FormID: lead.FormID, FormVersion: lead.FormVersion, RunSeq: lead.RunSeq, Lead: sealed,
	}
	options := startOptions(in, Labels{AgentID: lead.AgentID, FormName: lead.FormName, Digest: lead.Digest})
	options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	for {
		_, err := c.temporal.ExecuteWorkflow(ctx, options, CaptureName, in)
		open, isOpen := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err)
		if !isOpen {
			return reachError(err, "start replay")
		}
		before, err := c.captureInput(ctx, lead.ID, open.RunId)
		if err == nil && before.RunSeq >= in.RunSeq {
			return nil
		}
		c.awaitEnd(ctx, lead.ID, open.RunId)
		if ctx.Err() != nil {
			return reachError(ctx.Err(), "start replay")
		}
	}
}

// awaitEnd waits until a run has ended, or ctx has.
func (c *Client) awaitEnd(ctx context.Context, submissionID, runID string) {
	run := c.temporal.GetWorkflow(ctx, CaptureID(submissionID), runID)
	run.GetWithOptions(ctx, nil, client.WorkflowRunGetOptions{DisableFollowingRuns: true}) // an error is how it ended
}

// StartReplays starts the workflow of a replay of many leads. Starting it again
// changes nothing.
func (c *Client) StartReplays(ctx context.Context, replayID string, ratePerSecond int) error {
	_, err := c.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: ReplayID(replayID), TaskQueue: TaskQueue, StaticSummary: "replays failed leads",
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
	}, ReplayName, ReplayInput{ReplayID: replayID, RatePerSecond: ratePerSecond})
	return reachError(err, "start replay")
}

// WakeReplays has the workflow of a replay of many leads look at once whether it
// goes on. It is not found where that has ended.
func (c *Client) WakeReplays(ctx context.Context, replayID string) error {
	return reachError(c.temporal.SignalWorkflow(ctx, ReplayID(replayID), "", WakeSignal, nil), "wake replay")
}

// DescribeReplay tells how the workflow of a replay of many leads ended, and nothing
// while it goes on. It needs no worker.
func (c *Client) DescribeReplay(ctx context.Context, replayID string) (activities.RunEnd, error) {
	described, err := c.temporal.DescribeWorkflowExecution(ctx, ReplayID(replayID), "")
	err = reachError(err, "describe replay")
	if models.CodeOf(err) == models.CodeNotFound {
		return activities.RunLost, nil
	}
	return runEnds[described.GetWorkflowExecutionInfo().GetStatus()], err
}
