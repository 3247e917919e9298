package workflows

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"leadrail/activities"
	"leadrail/models"
)

// Client starts and asks the workflows of leads. Its errors are coded:
// unavailable when Temporal cannot be reached in time, not found when it knows
// nothing of a lead.
type Client struct {
	temporal client.Client
}

// NewClient makes a Client. A worker made from the same temporal client, in
// the same process, gets the first task of a run without a detour.
func NewClient(temporal client.Client) *Client {
	return &Client{temporal: temporal}
}

// Labels describe a lead's run to people who look at Temporal.
type Labels struct {
	AgentID  string
	FormName string
	// Digest is the request's, see models.Acceptance.
	Digest string
}

// StartCapture starts the run of an accepted lead. Starting the same lead again,
// open or closed, changes nothing; fresh is then false.
func (c *Client) StartCapture(ctx context.Context, in CaptureInput, labels Labels) (fresh bool, err error) {
	options := startOptions(in, labels)
	options.WorkflowIDReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	_, err = c.temporal.ExecuteWorkflow(ctx, options, CaptureName, in)
	if _, started := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); started {
		return false, nil
	}
	return err == nil, reachError(err, "start workflow")
}

// startOptions are those of every run of a lead, of which one is open at a time.
func startOptions(in CaptureInput, labels Labels) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                       CaptureID(in.SubmissionID),
		TaskQueue:                TaskQueue,
		EnableEagerStart:         true,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		StaticSummary:            fmt.Sprintf("%s of %s", labels.FormName, labels.AgentID),
		Memo: map[string]any{
			acceptanceMemo: models.Acceptance{Digest: labels.Digest, FormVersion: in.FormVersion},
		},
		TypedSearchAttributes: temporal.NewSearchAttributes(
			LeadForm.ValueSet(in.FormID),
			LeadAgent.ValueSet(labels.AgentID),
			LeadStatus.ValueSet(string(models.StatusPending)),
		),
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}
}

// Acceptance reads what a lead's request is recognised by. It needs no worker.
func (c *Client) Acceptance(ctx context.Context, submissionID string) (models.Acceptance, error) {
	described, err := c.temporal.DescribeWorkflowExecution(ctx, CaptureID(submissionID), "")
	if err != nil {
		return models.Acceptance{}, reachError(err, "describe workflow")
	}
	var found models.Acceptance
	memo := described.GetWorkflowExecutionInfo().GetMemo().GetFields()[acceptanceMemo]
	if err := converter.GetDefaultDataConverter().FromPayload(memo, &found); err != nil {
		return models.Acceptance{}, fmt.Errorf("decode memo: %w", err)
	}
	return found, nil
}

// Accepted is a lead that Temporal has, sealed.
type Accepted struct {
	CaptureInput

	// Open reports that its run has not ended.
	Open bool
}

// Accepted reads the input that a lead's newest run was started with. It needs
// no worker.
func (c *Client) Accepted(ctx context.Context, submissionID string) (Accepted, error) {
	described, err := c.temporal.DescribeWorkflowExecution(ctx, CaptureID(submissionID), "")
	if err != nil {
		return Accepted{}, reachError(err, "describe workflow")
	}
	in, err := c.captureInput(ctx, submissionID, "")
	open := described.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	return Accepted{CaptureInput: in, Open: open}, err
}

// captureInput reads the input of a run, of the newest one where runID is empty.
func (c *Client) captureInput(ctx context.Context, submissionID, runID string) (CaptureInput, error) {
	events := c.temporal.GetWorkflowHistory(ctx, CaptureID(submissionID), runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	if !events.HasNext() {
		return CaptureInput{}, models.Errorf(models.CodeNotFound, "There is no such submission.")
	}
	event, err := events.Next()
	if err != nil {
		return CaptureInput{}, reachError(err, "read workflow")
	}
	var in CaptureInput
	payloads := event.GetWorkflowExecutionStartedEventAttributes().GetInput()
	if err := converter.GetDefaultDataConverter().FromPayloads(payloads, &in); err != nil {
		return CaptureInput{}, fmt.Errorf("decode workflow input: %w", err)
	}
	return in, nil
}

// Describe tells how a lead's newest run stands. It needs no worker.
func (c *Client) Describe(ctx context.Context, submissionID string) (activities.RunState, error) {
	described, err := c.temporal.DescribeWorkflowExecution(ctx, CaptureID(submissionID), "")
	if err != nil {
		return activities.RunState{}, reachError(err, "describe workflow")
	}
	info := described.GetWorkflowExecutionInfo()
	end, ended := runEnds[info.GetStatus()]
	if !ended {
		return activities.RunState{}, nil
	}
	in, err := c.captureInput(ctx, submissionID, info.GetExecution().GetRunId())
	return activities.RunState{End: end, RunSeq: in.RunSeq}, err
}

// runEnds are the statuses of runs that do not go on.
var runEnds = map[enumspb.WorkflowExecutionStatus]activities.RunEnd{
	enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED:  activities.RunCompleted,
	enumspb.WORKFLOW_EXECUTION_STATUS_FAILED:     activities.RunFailed,
	enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:   activities.RunCancelled,
	enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED: activities.RunTerminated,
	enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:  activities.RunTimedOut,
}

// Ping reports whether Temporal answers.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	return reachError(err, "ping temporal")
}

// reachError codes the errors that a caller can act on.
func reachError(err error, doing string) error {
	var notFound *serviceerror.NotFound
	switch {
	case err == nil:
		return nil
	case errors.As(err, &notFound):
		return models.Errorf(models.CodeNotFound, "There is no such submission.")
	case unreachable(err):
		return errors.Join(&models.Error{
			Code: models.CodeUnavailable, Reason: "temporal_unavailable",
			Message: "The workflow engine does not answer; try again shortly.",
		}, fmt.Errorf("%s: %w", doing, err))
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}

func unreachable(err error) bool {
	var unavailable *serviceerror.Unavailable
	var deadline *serviceerror.DeadlineExceeded
	var exhausted *serviceerror.ResourceExhausted
	var canceled *serviceerror.Canceled
	var namespace *serviceerror.NamespaceNotFound // a server that has just started does not know its own yet
	return errors.As(err, &namespace) || errors.As(err, &unavailable) || errors.As(err, &deadline) || errors.As(err, &exhausted) ||
		errors.As(err, &canceled) || errors.Is(err, context.DeadlineExceeded) || lacksAttributes(err)
}

// lacksAttributes reports whether the server does not know the search attributes
// of the workflows: it reads them anew every few seconds, if its database answers,
// or somebody removed them. Every lead has the same, so nothing is wrong with this
// one. The server has no error of its own for it.
func lacksAttributes(err error) bool {
	invalid, yes := errors.AsType[*serviceerror.InvalidArgument](err)
	return yes && undefinedAttribute.MatchString(invalid.Message)
}

var undefinedAttribute = regexp.MustCompile(`no mapping defined for search attribute|search attribute \S+ is not defined`)
