package forms

import (
	"context"

	"leadrail/internal/store"
	"leadrail/models"
)

// PublicView is what a page that shows a form may know: of what happens after a
// submission, its own part.
type PublicView struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Title          string         `json:"title"`
	Description    string         `json:"description"`
	Fields         []models.Field `json:"fields"`
	SubmitLabel    string         `json:"submitLabel"`
	SuccessMessage string         `json:"successMessage"`
	ErrorMessage   string         `json:"errorMessage"`
	// Honeypot is the name of an input to hide from people; empty for none.
	Honeypot string `json:"honeypot"`
	// ExecutionMode says whether a handler of the page has work to do, which is the
	// one that ClientHandler names; null for none.
	ExecutionMode models.ExecutionMode `json:"executionMode"`
	ClientHandler *string              `json:"clientHandler"`
	// Enabled is false for a form that takes no submissions.
	Enabled bool `json:"enabled"`
}

// PublicForm reads what a page may see of a form's newest version. A form that
// is switched off can be read as well.
func (s *Service) PublicForm(ctx context.Context, ref Ref) (PublicView, error) {
	record, err := s.form(ctx, ref.ID)
	if err != nil {
		return PublicView{}, err
	}
	return viewPublic(record), nil
}

func viewPublic(record store.FormRecord) PublicView {
	definition := record.Version.Definition
	return PublicView{
		ID:             record.Form.ID,
		Name:           record.Form.Name,
		Title:          definition.Title,
		Description:    definition.Description,
		Fields:         definition.Fields,
		SubmitLabel:    definition.SubmitLabel,
		SuccessMessage: definition.SuccessMessage,
		ErrorMessage:   definition.ErrorMessage,
		Honeypot:       definition.Honeypot,
		ExecutionMode:  definition.Mode(),
		ClientHandler:  orNil(definition.ClientHandler),
		Enabled:        record.Form.Enabled,
	}
}
