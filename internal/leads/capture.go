package leads

import (
	"context"
	"time"

	"leadrail/internal/forms"
	"leadrail/internal/store"
	"leadrail/models"
)

// CaptureInput is one filled-in form as a chat agent sends it.
type CaptureInput struct {
	// IdempotencyKey makes a repeat of the request recognisable: at most 255
	// visible ASCII characters.
	IdempotencyKey string `header:"Idempotency-Key" json:"-"`
	// Prefer may ask to wait for the outcome: "wait=10", in seconds (RFC 7240).
	Prefer string `header:"Prefer" json:"-"`

	FormID         string          `json:"formId"`
	ConversationID string          `json:"conversationId"`
	SessionID      string          `json:"sessionId"`
	FormData       models.Document `json:"formData"`
	// FieldsCompleted names the fields that the visitor filled in; absent, the
	// fields with a value count.
	FieldsCompleted []string          `json:"fieldsCompleted"`
	ImpressionAt    *models.Timestamp `json:"impressionAt"`
	StartedAt       *models.Timestamp `json:"startedAt"`
	// Signals are what the agent learnt, for scoring.
	Signals models.Document `json:"signals"`
	Context models.Document `json:"context"`
	Consent models.Document `json:"consent"`
}

// CaptureOutput says that the lead is accepted: it is durable, and everything
// else follows.
type CaptureOutput struct {
	// Submission is the lead at its end, for a caller who waited for it.
	*Submission

	SubmissionID   string        `json:"submissionId"`
	Status         models.Status `json:"status"`
	SuccessMessage string        `json:"successMessage"`

	repeated bool
}

// Location is where the lead can be read.
func (o CaptureOutput) Location() string { return "/v1/submissions/" + o.SubmissionID }

// Repeated reports that the lead was accepted by an earlier request under the
// same idempotency key.
func (o CaptureOutput) Repeated() bool { return o.repeated }

// Finished reports that the lead is at its end.
func (o CaptureOutput) Finished() bool { return o.Submission != nil }

// Capture accepts a filled-in form. When it returns without an error the lead
// is durable, in the workflow engine or in the intake. Errors are malformed (the
// idempotency key), not found (the form), conflict (the form is switched off, or
// the idempotency key belongs to another request), invalid (the data, one problem
// per field) and unavailable (nothing was accepted; try again).
//
// A repeat under an idempotency key gets the answer of the first time, also where
// the form has changed since.
func (s *Service) Capture(ctx context.Context, in CaptureInput) (CaptureOutput, error) {
	if err := checkIdempotencyKey(in.IdempotencyKey); err != nil {
		return CaptureOutput{}, err
	}
	out, err := s.capture(ctx, in)
	if err != nil && in.IdempotencyKey != "" && refusal(err) {
		out, err = s.answerAgain(ctx, in, err)
	}
	if err != nil {
		return CaptureOutput{}, err
	}
	return s.await(ctx, in.Prefer, out), nil
}

func (s *Service) capture(ctx context.Context, in CaptureInput) (CaptureOutput, error) {
	record, err := s.Store.Form(ctx, in.FormID)
	if err != nil {
		return CaptureOutput{}, err
	}
	if !record.Form.Enabled {
		return CaptureOutput{}, &models.Error{
			Code: models.CodeConflict, Reason: "form_disabled",
			Message: "The form is switched off and takes no submissions.",
		}
	}
	lead, err := s.lead(in, record.Form, record.Version.Definition)
	if err != nil {
		return CaptureOutput{}, err
	}
	return s.accept(ctx, candidate{lead: lead, record: record, keyed: in.IdempotencyKey != ""})
}

// accepted is the answer to a lead that is durable now.
func accepted(lead models.Submission, record store.FormRecord) CaptureOutput {
	return CaptureOutput{
		SubmissionID: lead.ID, Status: models.StatusPending, SuccessMessage: record.Version.Definition.SuccessMessage,
	}
}

// lead checks the input and makes a submission of it.
func (s *Service) lead(in CaptureInput, form models.Form, definition models.FormDefinition) (models.Submission, error) {
	data, problems := readInput(in)
	signals, _ := in.Signals.Object() // an error is among the problems
	accepted, broken := forms.Accept(definition, forms.Answers{Data: data, Signals: signals, Completed: in.FieldsCompleted})
	problems = append(problems, broken...)
	if len(problems) > 0 {
		return models.Submission{}, &models.Error{
			Code: models.CodeInvalid, Message: "The submission has problems.", Fields: problems,
		}
	}
	formData, err := models.NewDocument(accepted.Data)
	if err != nil {
		return models.Submission{}, err
	}
	return models.Submission{
		ID:              s.submissionID(in),
		Digest:          s.digest(in),
		FormID:          form.ID,
		FormVersion:     form.Version,
		FormName:        definition.Name,
		AgentID:         form.AgentID,
		ConversationID:  in.ConversationID,
		SessionID:       in.SessionID,
		FormData:        formData,
		FieldsCompleted: accepted.Completed,
		Signals:         in.Signals,
		Context:         in.Context,
		Consent:         in.Consent,
		ImpressionAt:    timeOf(in.ImpressionAt),
		StartedAt:       timeOf(in.StartedAt),
		SubmittedAt:     s.Now().UTC().Truncate(time.Millisecond),
		Status:          models.StatusPending,
		RunSeq:          1,
	}, nil
}

func timeOf(at *models.Timestamp) *time.Time {
	if at == nil {
		return nil
	}
	return &at.Time
}
