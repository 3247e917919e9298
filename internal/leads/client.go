package leads

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"leadrail/models"
	"leadrail/workflows"
)

// ClientResults are what the handlers in visitors' pages reported.
type ClientResults interface {
	SaveClientResult(ctx context.Context, result models.ClientResult) (kept models.ClientResult, saved bool, err error)
	ClientResult(ctx context.Context, submissionID string, runSeq int) (models.ClientResult, error)
}

// Signals reach runs without a worker.
type Signals interface {
	// SignalClientResult lets an open run know that its page has reported.
	SignalClientResult(ctx context.Context, submissionID string) error
}

// Bounds of a report.
const (
	// maxClientMessage is in characters, maxClientData in bytes.
	maxClientMessage = 2000
	maxClientData    = 64 << 10
	// resultBudget bounds how long the database may take to store it: where it does
	// not say so in time, the page reports again.
	resultBudget = 2 * time.Second
	// signalBudget bounds how long a page waits for the run to hear of its result,
	// which is stored by then.
	signalBudget = time.Second
)

// ClientResultInput is what the handler in a visitor's page reports of a lead.
type ClientResultInput struct {
	SubmissionRef

	// Success must be there.
	Success *bool `json:"success"`
	// Message says what went wrong, or right: at most 2,000 characters.
	Message string `json:"message"`
	// Data is any object of at most 64 KiB.
	Data models.Document `json:"data"`
	// Token is the clientToken that came with the answer to the submission. A
	// caller whose key has models.ScopeWrite needs none.
	Token string `json:"token"`
}

// ClientResultOutput says that a result is stored, now or since an earlier report.
type ClientResultOutput struct {
	SubmissionID string        `json:"submissionId"`
	Status       models.Status `json:"status"`

	repeated bool
}

// Finished reports that an earlier report said the same, and nothing was left to
// do.
func (o ClientResultOutput) Finished() bool { return o.repeated }

// ReportResult stores what a page reports of a lead, and then lets the lead's run
// know. The first report of a run counts. Errors are forbidden (the token, or the
// lead's agent), invalid (one problem per field), not found, conflict
// ("no_client_handler", "already_reported" with another result, and "lead_ended"
// where nothing waits for one any more) and unavailable: it may be stored or not,
// and the page reports again.
func (s *Service) ReportResult(ctx context.Context, in ClientResultInput) (ClientResultOutput, error) {
	if !models.PrincipalOf(ctx).Has(models.ScopeWrite) && !s.isClientToken(in.Token, in.ID) {
		return ClientResultOutput{}, &models.Error{
			Code: models.CodeForbidden, Reason: "invalid_client_token",
			Message: "Send as token the clientToken that came with the answer to this submission.",
		}
	}
	if problems := in.problems(); len(problems) > 0 {
		return ClientResultOutput{}, &models.Error{Code: models.CodeInvalid, Message: "The result has problems.", Fields: problems}
	}
	lead, err := s.asStored(ctx, in.ID)
	if err != nil {
		return ClientResultOutput{}, err
	}
	version, err := s.Store.FormVersion(ctx, lead.FormID, lead.FormVersion)
	if err != nil {
		return ClientResultOutput{}, err
	}
	if !version.Definition.ExecutionMode.InPage() {
		return ClientResultOutput{}, &models.Error{
			Code: models.CodeConflict, Reason: "no_client_handler",
			Message: "The form that was filled in has no handler in the page; its executionMode was webhook.",
		}
	}
	return s.keepResult(ctx, lead, in)
}

// keepResult stores a result for the run that waits for it. Where none does, it
// may be one that is known already.
func (s *Service) keepResult(ctx context.Context, lead models.Submission, in ClientResultInput) (ClientResultOutput, error) {
	runSeq, waits := clientWait(lead)
	result, err := s.clientResult(in, runSeq)
	if err != nil {
		return ClientResultOutput{}, err
	}
	kept, saved, err := s.firstResult(ctx, result, waits)
	late := models.CodeOf(err) == models.CodeNotFound || kept.Outcome == models.ClientNothing
	switch {
	case late:
		return ClientResultOutput{}, &models.Error{
			Code: models.CodeConflict, Reason: "lead_ended", Message: "The lead waits for no result any more.",
		}
	case err != nil:
		return ClientResultOutput{}, err
	case kept.Digest != result.Digest:
		return ClientResultOutput{}, &models.Error{
			Code: models.CodeConflict, Reason: "already_reported",
			Message: "Another result was reported for this lead before, and the first one counts.",
		}
	}
	if saved {
		s.tellRun(ctx, lead.ID)
	}
	return ClientResultOutput{SubmissionID: lead.ID, Status: lead.Status, repeated: !saved}, nil
}

// firstResult is what is known of the result's run, by this result where it waits
// and none came before.
func (s *Service) firstResult(
	ctx context.Context, result models.ClientResult, waits bool,
) (kept models.ClientResult, saved bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, resultBudget)
	defer cancel()
	if waits {
		return s.Store.SaveClientResult(ctx, result)
	}
	kept, err = s.Store.ClientResult(ctx, result.SubmissionID, result.RunSeq)
	return kept, false, err
}

// clientWait says which run of a lead a result is for, and whether that still
// waits. A lead that is not stored yet will.
func clientWait(lead models.Submission) (runSeq int, waits bool) {
	for _, delivery := range lead.Deliveries {
		if delivery.Type == models.ActionClient {
			return delivery.RunSeq, delivery.Status == models.DeliveryPending
		}
	}
	return lead.RunSeq, !lead.Status.Terminal()
}

// tellRun lets the run know that there is a result. Where it cannot hear now, it
// looks by itself before it waits, or the reconciler tells it.
func (s *Service) tellRun(ctx context.Context, submissionID string) {
	ctx, cancel := context.WithTimeout(workflows.Impatient(context.WithoutCancel(ctx)), signalBudget)
	defer cancel()
	s.Workflows.SignalClientResult(ctx, submissionID) // an error means that it hears later
}

// clientResult makes of a report what is stored.
func (s *Service) clientResult(in ClientResultInput, runSeq int) (models.ClientResult, error) {
	plain, err := json.Marshal(models.ClientReport{Message: in.Message, Data: in.Data})
	if err != nil {
		return models.ClientResult{}, fmt.Errorf("encode client result: %w", err)
	}
	outcome := models.ClientFailed
	if *in.Success {
		outcome = models.ClientSucceeded
	}
	mac := hmac.New(sha256.New, []byte(s.Secret))
	fmt.Fprintf(mac, "client result %s %s ", in.ID, outcome)
	mac.Write(plain)
	return models.ClientResult{
		SubmissionID: in.ID, RunSeq: runSeq, Outcome: outcome, Digest: hex.EncodeToString(mac.Sum(nil)),
		Report: s.Sealer.Seal(plain, in.ID), At: s.Now(),
	}, nil
}

func (in ClientResultInput) problems() []models.FieldError {
	_, problems := readDocument("data", in.Data)
	if len(in.Data) > maxClientData {
		problems = append(problems, models.FieldError{
			Field: "data", Code: "max_size", Message: fmt.Sprintf("At most %d KiB.", maxClientData>>10),
		})
	}
	if in.Success == nil {
		problems = append(problems, models.FieldError{
			Field: "success", Code: "required", Message: "Say with true or false whether the handler succeeded.",
		})
	}
	return slices.Concat(checkLength("message", in.Message, maxClientMessage), problems)
}
