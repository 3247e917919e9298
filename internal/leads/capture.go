package leads

import (
	"context"
	"errors"
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
	Context *Context        `json:"context"`
	Consent *Consent        `json:"consent"`
}

// CaptureOutput says that the lead is accepted: it is durable, and everything
// else follows.
type CaptureOutput struct {
	// Submission is the lead at its end, for a caller who waited for it and whose
	// key does not stand in a page.
	*Submission
	// ClientWork is the page's part; nil where the form has none for it.
	*ClientWork

	SubmissionID   string        `json:"submissionId"`
	Status         models.Status `json:"status"`
	SuccessMessage string        `json:"successMessage"`

	repeated bool
	// way is how the lead was accepted, where it was not repeated.
	way string
}

// Location is where the lead can be read.
func (o CaptureOutput) Location() string { return "/v1/submissions/" + o.SubmissionID }

// Repeated reports that the lead was accepted by an earlier request under the
// same idempotency key.
func (o CaptureOutput) Repeated() bool { return o.repeated }

// Finished reports that the lead is at its end.
func (o CaptureOutput) Finished() bool { return o.Status.Terminal() }

// Capture accepts a filled-in form. When it returns without an error the lead
// is durable, in the workflow engine or in the intake. Errors are malformed (the
// idempotency key), not found (the form), forbidden (its agent), conflict (the form is switched off, or
// the idempotency key belongs to another request), invalid (the data, one problem
// per field) and unavailable (nothing was accepted; try again).
//
// A repeat under an idempotency key gets the answer of the first time, also where
// the form has changed since. Whoever fills in the form's honeypot is answered as if
// the lead were accepted, and it is forgotten.
func (s *Service) Capture(ctx context.Context, in CaptureInput) (CaptureOutput, error) {
	if err := checkIdempotencyKey(in.IdempotencyKey); err != nil {
		return CaptureOutput{}, err
	}
	form, err := s.Store.Form(ctx, in.FormID)
	var out CaptureOutput
	if err == nil {
		out, err = s.capture(ctx, in, form)
	}
	if err != nil && in.IdempotencyKey != "" && refusal(err) {
		out, err = s.answerAgain(ctx, in, err)
	}
	if err == nil {
		s.eye().Accepted(ctx, out.SubmissionID, out.wayIn())
		return s.await(ctx, in.Prefer, out), nil
	}
	s.Refusals.count(form, s.Now(), err)
	s.eye().Refused(codeOf(err))
	if errors.Is(err, errTrapped) {
		return s.accepted(models.Submission{ID: s.submissionID(ctx, in)}, form), nil
	}
	return CaptureOutput{}, err
}

func (s *Service) capture(ctx context.Context, in CaptureInput, record store.FormRecord) (CaptureOutput, error) {
	if err := mayFillIn(ctx, record.Form); err != nil {
		return CaptureOutput{}, err
	}
	lead, err := s.lead(ctx, in, record)
	if err != nil {
		return CaptureOutput{}, err
	}
	return s.accept(ctx, candidate{lead: lead, record: record, keyed: in.IdempotencyKey != ""})
}

// mayFillIn returns nil when the caller may send the form in, and it is switched on.
func mayFillIn(ctx context.Context, form models.Form) error {
	if err := models.PrincipalOf(ctx).MayAgent(form.AgentID); err != nil || form.Enabled {
		return err
	}
	return &models.Error{
		Code: models.CodeConflict, Reason: "form_disabled",
		Message: "The form is switched off and takes no submissions.",
	}
}

func invalidSubmission(problems []models.FieldError) error {
	return &models.Error{Code: models.CodeInvalid, Message: "The submission has problems.", Fields: problems}
}

// accepted is the answer to a lead that is durable now, the usual way.
func (s *Service) accepted(lead models.Submission, record store.FormRecord) CaptureOutput {
	out := s.answer(lead.ID, record.Version.Definition)
	out.way = wayTemporal
	return out
}

// answer is what follows from a lead's id and the definition that it was accepted
// with.
func (s *Service) answer(submissionID string, definition models.FormDefinition) CaptureOutput {
	return CaptureOutput{
		SubmissionID: submissionID, Status: models.StatusPending, SuccessMessage: definition.SuccessMessage,
		ClientWork: s.clientWork(submissionID, definition),
	}
}

// lead checks the input and makes a submission of it.
func (s *Service) lead(ctx context.Context, in CaptureInput, record store.FormRecord) (models.Submission, error) {
	form, definition, submissionID := record.Form, record.Version.Definition, s.submissionID(ctx, in)
	now := s.Now()
	data, problems := readInput(in, now)
	if trapped(definition, data) {
		return models.Submission{}, errTrapped
	}
	problems = append(problems, checkPace(definition, in, now)...)
	attached := s.attached(form, definition, submissionID, data)
	signals, _ := in.Signals.Object() // an error is among the problems
	accepted, broken := forms.Accept(definition, forms.Answers{Data: data, Signals: signals, Completed: in.FieldsCompleted})
	problems = append(problems, broken...)
	problems = append(problems, attached.problems(accepted.Data)...)
	if len(problems) > 0 {
		return models.Submission{}, invalidSubmission(problems)
	}
	formData, err := models.NewDocument(accepted.Data)
	if err != nil {
		return models.Submission{}, err
	}
	if len(formData) > maxFormData {
		return models.Submission{}, models.Errorf(models.CodeTooLarge, "The form data without its files is larger than %d KiB.", maxFormData>>10)
	}
	files, err := s.keep(ctx, attached, accepted.Data)
	if err != nil {
		return models.Submission{}, err
	}
	impressionAt, startedAt := timesOf(in, now)
	return models.Submission{
		ID:              submissionID,
		Digest:          s.digest(in),
		FormID:          form.ID,
		FormVersion:     form.Version,
		FormName:        definition.Name,
		AgentID:         form.AgentID,
		ConversationID:  in.ConversationID,
		SessionID:       in.SessionID,
		FormData:        formData,
		FieldsCompleted: accepted.Completed,
		Files:           files,
		Signals:         in.Signals,
		Context:         documentOf(in.Context),
		Consent:         documentOf(in.Consent),
		ImpressionAt:    impressionAt,
		StartedAt:       startedAt,
		SubmittedAt:     now.UTC().Truncate(time.Millisecond),
		Status:          models.StatusPending,
		RunSeq:          1,
	}, nil
}
