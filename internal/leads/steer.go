package leads

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"leadrail/models"
	"leadrail/workflows"
)

// Steering is what can be asked of a lead's runs.
type Steering interface {
	RetryNow(ctx context.Context, submissionID, callID string) (deliveryIDs []string, err error)
	CancelCapture(ctx context.Context, submissionID, callID, reason string) error
	// Redeliver delivers again what has given up in an open run.
	Redeliver(ctx context.Context, submissionID, callID string, deliveryIDs []string) ([]string, error)
	// StartReplay starts the run that a stored lead's number says.
	StartReplay(ctx context.Context, lead models.Submission, sealed models.Sealed) error
}

const (
	// steerBudget bounds the wait for a worker to answer.
	steerBudget = 5 * time.Second
	// maxCancelReason is the longest reason, in characters.
	maxCancelReason = 500
)

// RetryInput names a lead whose waits are to end.
type RetryInput struct{ SubmissionRef }

// OptionalBody says that the request needs no body.
func (RetryInput) OptionalBody() {}

// RetryOutput says which deliveries are attempted now.
type RetryOutput struct {
	SubmissionID string   `json:"submissionId"`
	DeliveryIDs  []string `json:"deliveryIds"`
}

// RetryNow makes the next attempt of whatever waits for one, instead of when it
// is due. Errors are not found, conflict ("nothing_waiting": what has ended wants
// a replay) and unavailable. A second click while the first is under way gets the
// first one's answer.
func (s *Service) RetryNow(ctx context.Context, in RetryInput) (RetryOutput, error) {
	lead, err := s.find(ctx, in.ID)
	if err != nil {
		return RetryOutput{}, err
	}
	if lead.Status.Terminal() {
		return RetryOutput{}, ended(lead, workflows.ReasonNothingWaiting, "nothing waits; replay it")
	}
	ctx, cancel := context.WithTimeout(ctx, steerBudget)
	defer cancel()
	woken, err := s.Workflows.RetryNow(ctx, lead.ID, retryCall(lead))
	if models.CodeOf(err) == models.CodeNotFound { // it ended in between
		err = &models.Error{
			Code: models.CodeConflict, Reason: workflows.ReasonNothingWaiting,
			Message: "The lead's run has ended, nothing waits; what failed can be replayed.",
		}
	}
	if err != nil {
		return RetryOutput{}, err
	}
	return RetryOutput{SubmissionID: lead.ID, DeliveryIDs: woken}, nil
}

// retryCall names the waits that a caller sees: the same for every click on
// them, another one once an attempt was made.
func retryCall(lead models.Submission) string {
	var call strings.Builder
	fmt.Fprintf(&call, "retry:%d", lead.RunSeq)
	for _, delivery := range lead.Deliveries {
		if delivery.Status == models.DeliveryRetrying {
			fmt.Fprintf(&call, ":%s:%d", delivery.ID, delivery.Attempt)
		}
	}
	return call.String()
}

// CancelInput ends a lead's deliveries.
type CancelInput struct {
	SubmissionRef

	// Reason is shown with the lead and stands in workflow history: nothing
	// personal belongs into it. At most 500 characters.
	Reason string `json:"reason"`
}

// OptionalBody says that the request needs no body.
func (CancelInput) OptionalBody() {}

// CancelOutput says that a lead is being cancelled.
type CancelOutput struct {
	SubmissionID string `json:"submissionId"`
}

// Cancel ends a lead without further attempts; what was delivered stays so. The
// lead becomes failed, with the reason, a moment later. Errors are not found,
// conflict ("finished"), invalid (the reason) and unavailable.
func (s *Service) Cancel(ctx context.Context, in CancelInput) (CancelOutput, error) {
	if utf8.RuneCountInString(in.Reason) > maxCancelReason || strings.ContainsFunc(in.Reason, unicode.IsControl) {
		return CancelOutput{}, models.InvalidField("reason", "invalid", "A reason is one line of at most 500 characters.")
	}
	lead, err := s.find(ctx, in.ID)
	if err != nil {
		return CancelOutput{}, err
	}
	if lead.Status.Terminal() {
		return CancelOutput{}, ended(lead, workflows.ReasonFinished, "there is nothing to cancel")
	}
	ctx, cancel := context.WithTimeout(ctx, steerBudget)
	defer cancel()
	err = s.Workflows.CancelCapture(ctx, lead.ID, fmt.Sprintf("cancel:%d", lead.RunSeq), in.Reason)
	if models.CodeOf(err) == models.CodeNotFound {
		err = &models.Error{Code: models.CodeConflict, Reason: workflows.ReasonFinished, Message: "The lead's run has ended already."}
	}
	if err != nil {
		return CancelOutput{}, err
	}
	return CancelOutput{SubmissionID: lead.ID}, nil
}

// ended is the conflict of asking a lead that has ended for more.
func ended(lead models.Submission, reason, so string) error {
	return &models.Error{
		Code: models.CodeConflict, Reason: reason,
		Message: fmt.Sprintf("The lead has ended as %s: %s.", lead.Status, so),
	}
}
