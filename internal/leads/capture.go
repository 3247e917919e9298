package leads

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"leadrail/internal/forms"
	"leadrail/internal/id"
	"leadrail/models"
	"leadrail/workflows"
)

// CaptureInput is one filled-in form as a chat agent sends it.
type CaptureInput struct {
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
	SubmissionID   string        `json:"submissionId"`
	Status         models.Status `json:"status"`
	SuccessMessage string        `json:"successMessage"`
}

// Location is where the lead can be read.
func (o CaptureOutput) Location() string { return "/v1/submissions/" + o.SubmissionID }

// Capture accepts a filled-in form. When it returns without an error the lead
// is durable in the workflow engine. Errors are not found (the form), conflict
// (the form is switched off), invalid (the data, one problem per field) and
// unavailable (nothing was accepted; try again).
func (s *Service) Capture(ctx context.Context, in CaptureInput) (CaptureOutput, error) {
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
	if err := s.start(ctx, lead, record.Form); err != nil {
		return CaptureOutput{}, err
	}
	return CaptureOutput{
		SubmissionID:   lead.ID,
		Status:         models.StatusPending,
		SuccessMessage: record.Version.Definition.SuccessMessage,
	}, nil
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
		ID:              id.New(id.Submission),
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

// start hands the lead, sealed, to the workflow engine.
func (s *Service) start(ctx context.Context, lead models.Submission, form models.Form) error {
	plain, err := json.Marshal(lead)
	if err != nil {
		return fmt.Errorf("encode lead: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startBudget)
	defer cancel()
	return s.Workflows.StartCapture(ctx, workflows.CaptureInput{
		SubmissionID: lead.ID,
		FormID:       lead.FormID,
		FormVersion:  lead.FormVersion,
		RunSeq:       lead.RunSeq,
		Lead:         s.Sealer.Seal(plain, lead.ID),
	}, workflows.Labels{AgentID: form.AgentID, FormName: form.Name})
}
