package leads

import (
	"context"
	"slices"
	"time"

	"leadrail/internal/forms"
	"leadrail/internal/id"
	"leadrail/internal/rules"
	"leadrail/internal/store"
	"leadrail/models"
)

// QualifyInput asks whether a visitor may be shown a form.
type QualifyInput struct {
	ID string `json:"-" uri:"id"`
	// ConversationID is where the answer is noted; without one it is not.
	ConversationID string `json:"conversationId"`
	SessionID      string `json:"sessionId"`
	// Signals are what the agent learnt, FormData what is known of the answers so
	// far. Both may be absent.
	Signals  models.Document `json:"signals"`
	FormData models.Document `json:"formData"`
}

// QualifyOutput says whether the visitor may be shown the form.
type QualifyOutput struct {
	// GateOutcome is why; nil for a caller whose key stands in a page.
	*GateOutcome

	ShowForm bool `json:"showForm"`
}

// GateOutcome is what the form's rules make of what is known so far.
type GateOutcome struct {
	models.Qualification

	// Reason says in a word why the form is shown or not.
	Reason models.GateReason `json:"reason"`
}

// Qualify answers whether a visitor may be shown a form, by the rules that will
// score the lead. Nothing is required yet; what is given must be right. It asks no
// database: the answer is noted behind the caller's back. Errors are not found
// (the form), forbidden (its agent) and invalid (the data, one problem per field).
func (s *Service) Qualify(ctx context.Context, in QualifyInput) (QualifyOutput, error) {
	record, err := s.Store.Form(ctx, in.ID)
	caller := models.PrincipalOf(ctx)
	if err == nil {
		err = caller.MayAgent(record.Form.AgentID)
	}
	if err != nil {
		return QualifyOutput{}, err
	}
	facts, err := s.factsSoFar(in, record)
	if err != nil {
		return QualifyOutput{}, err
	}
	outcome := GateOutcome{Qualification: rules.Qualify(record.Version.Definition.Qualification, facts)}
	outcome.Reason = gateReason(record, outcome.Qualified)
	if in.ConversationID != "" {
		s.Decisions.note(decision(in, record, outcome, s.Now()))
	}
	if caller.Publishable() {
		return QualifyOutput{ShowForm: outcome.Reason.Shows()}, nil
	}
	return QualifyOutput{GateOutcome: &outcome, ShowForm: outcome.Reason.Shows()}, nil
}

func gateReason(record store.FormRecord, qualified bool) models.GateReason {
	switch {
	case !record.Form.Enabled:
		return models.GateFormDisabled
	case record.Version.Definition.Qualification == nil:
		return models.GateNoRules
	case qualified:
		return models.GateQualified
	default:
		return models.GateNotQualified
	}
}

// decision is what is noted of an answer.
func decision(in QualifyInput, record store.FormRecord, outcome GateOutcome, at time.Time) models.GateDecision {
	return models.GateDecision{
		ID:             id.New(id.Decision),
		AgentID:        record.Form.AgentID,
		ConversationID: in.ConversationID,
		SessionID:      in.SessionID,
		FormID:         record.Form.ID,
		FormVersion:    record.Form.Version,
		FormName:       record.Version.Definition.Name,
		At:             at,
		Score:          outcome.Score,
		Tier:           outcome.Tier,
		Qualified:      outcome.Qualified,
		ShowForm:       outcome.Reason.Shows(),
		Reason:         outcome.Reason,
		Reasons:        outcome.Reasons,
	}
}

// factsSoFar checks what is known of a lead that may come, and keeps what its form
// would.
func (s *Service) factsSoFar(in QualifyInput, record store.FormRecord) (rules.Facts, error) {
	definition := record.Version.Definition
	problems := slices.Concat(checkCallerID("conversationId", in.ConversationID), checkCallerID("sessionId", in.SessionID))
	data, broken := readDocument("formData", in.FormData)
	problems = append(problems, broken...)
	signals, broken := readDocument("signals", in.Signals)
	problems = append(problems, broken...)
	trapped(definition, data) // whether a machine fills in a form shows when it is sent
	attached := s.attached(record.Form, definition, "", data)
	accepted, broken := partial(definition, data, signals)
	problems = append(problems, broken...)
	problems = append(problems, attached.problems(accepted)...)
	if len(problems) > 0 {
		return rules.Facts{}, &models.Error{
			Code: models.CodeInvalid, Message: "What is known of the lead has problems.", Fields: problems,
		}
	}
	return rules.Facts{Data: accepted, Signals: signals}, nil
}

// partial is forms.Accept for a form that is not filled in yet: nothing is missing.
func partial(definition models.FormDefinition, data, signals map[string]any) (map[string]any, []models.FieldError) {
	accepted, problems := forms.Accept(definition, forms.Answers{Data: data, Signals: signals})
	missing := func(problem models.FieldError) bool { return problem.Code == "required" }
	return accepted.Data, slices.DeleteFunc(problems, missing)
}
