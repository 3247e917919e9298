package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"leadrail/activities"
	"leadrail/models"
)

// CaptureInput starts one run of a lead's workflow. The lead itself is sealed:
// histories can be read, kept and replayed without the key.
type CaptureInput struct {
	SubmissionID string        `json:"submissionId"`
	FormID       string        `json:"formId"`
	FormVersion  int           `json:"formVersion"`
	RunSeq       int           `json:"runSeq"`
	Lead         models.Sealed `json:"lead"`
}

// capture is the state of one run.
type capture struct {
	in        CaptureInput
	qualified activities.QualifyResult
	team      string
	board     board
	work      work
	// cancel stops the deliveries, whoever asks for it.
	cancel       workflow.CancelFunc
	cancelReason string
	finishing    bool
	// ended says that the run's end was written before, and people told of it.
	ended bool
}

// Capture takes an accepted lead to its end: it is qualified, routed, stored,
// and delivered by every action of its form that applies, each on its own
// schedule. The run ends with an error of type ErrTypeDeliveryFailed when the lead failed, and
// as cancelled when somebody cancelled it, so that Temporal shows the truth.
//
// A run that wrote its end is played again where Temporal did not take that, because a
// signal came at the moment or the worker died: it writes the same end.
//
// An accepted lead is stored also when the run is cancelled at once: only the
// deliveries can be cancelled.
func Capture(ctx workflow.Context, in CaptureInput) error {
	c := &capture{in: in}
	deliveries, cancel := workflow.WithCancel(ctx)
	c.cancel = cancel
	if err := c.handleMessages(ctx); err != nil {
		return err
	}
	always, release := workflow.NewDisconnectedContext(ctx)
	defer release()

	if err := c.qualify(always); err != nil {
		return err
	}
	plan, err := c.persist(always)
	if err != nil || plan.Stored && !plan.Ended {
		return err
	}
	outcomes := c.deliverAll(deliveries, plan)
	conclusion := models.Conclusion{
		Outcomes: append(outcomes, plan.Undelivered...), Cancelled: deliveries.Err() != nil, CancelReason: c.cancelReason,
	}
	return c.finish(always, conclusion)
}

func (c *capture) leadInput() activities.LeadInput {
	return activities.LeadInput{SubmissionID: c.in.SubmissionID, RunSeq: c.in.RunSeq, Lead: c.in.Lead}
}

func (c *capture) qualify(ctx workflow.Context) error {
	var lead *activities.Lead
	return runStored(ctx, "qualify", lead.Qualify, c.leadInput(), &c.qualified)
}

func (c *capture) persist(ctx workflow.Context) (models.Plan, error) {
	var lead *activities.Lead
	var plan models.Plan
	err := runStored(ctx, "store", lead.Persist, activities.PersistInput{
		LeadInput: c.leadInput(), QualifyResult: c.qualified,
	}, &plan)
	c.team, c.ended = plan.Team, plan.Ended
	return plan, err
}

// finish writes how the run ended and tells Temporal the same.
func (c *capture) finish(ctx workflow.Context, conclusion models.Conclusion) error {
	c.finishing = true
	var lead *activities.Lead
	err := runStored(ctx, "finalize", lead.Finalize, activities.FinalizeInput{
		SubmissionID: c.in.SubmissionID, RunSeq: c.in.RunSeq, Conclusion: conclusion,
	}, nil)
	if err != nil {
		return err
	}
	if err := c.publishResult(ctx, conclusion.Status()); err != nil {
		return err
	}
	if conclusion.Status() == models.StatusFailed && !conclusion.Cancelled && !c.ended {
		c.alert(ctx)
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	drain(workflow.GetSignalChannel(ctx, ClientResultSignal)) // one that nobody waits for would be a warning
	return resultOf(conclusion)
}

// alert tells people that the lead failed. One that cannot be told changes
// nothing about the lead.
func (c *capture) alert(ctx workflow.Context) {
	var alert *activities.Alert
	err := workflow.ExecuteActivity(alertOptions(ctx, "alert"), alert.AlertFailed, activities.AlertInput{
		SubmissionID: c.in.SubmissionID, RunSeq: c.in.RunSeq,
	}).Get(ctx, nil)
	if err != nil {
		workflow.GetLogger(ctx).Warn("alert was not sent", "error", err)
	}
}

// publishResult makes the lead findable by how it ended.
func (c *capture) publishResult(ctx workflow.Context, status models.Status) error {
	updates := []temporal.SearchAttributeUpdate{
		LeadStatus.ValueSet(string(status)),
		LeadScore.ValueSet(int64(c.qualified.Qualification.Score)),
	}
	if tier := c.qualified.Qualification.Tier; tier != "" {
		updates = append(updates, LeadTier.ValueSet(tier))
	}
	if c.team != "" {
		updates = append(updates, LeadTeam.ValueSet(c.team))
	}
	c.board.show(ctx, status)
	return workflow.UpsertTypedSearchAttributes(ctx, updates...)
}

func resultOf(conclusion models.Conclusion) error {
	switch {
	case conclusion.Status() == models.StatusCompleted:
		return nil
	case conclusion.Cancelled:
		return temporal.NewCanceledError(conclusion.FailureReason())
	default:
		return temporal.NewNonRetryableApplicationError(conclusion.FailureReason(), ErrTypeDeliveryFailed, nil)
	}
}
