package forms

import (
	"context"

	"leadrail/internal/store"
	"leadrail/models"
)

// PublicForms lists what a page may see of forms, newest first. A key that is bound
// to agents sees theirs alone; one that stands in a page, and is not bound, names
// the agent: it lists nobody's forms but those of the agent that it knows.
func (s *Service) PublicForms(ctx context.Context, in ListInput) (models.Page[PublicView], error) {
	caller := models.PrincipalOf(ctx)
	if caller.Publishable() && !caller.Bound() && in.AgentID == "" {
		return models.Page[PublicView]{}, models.InvalidField("agentId", "required", "Name the agent whose forms to list.")
	}
	records, limit, err := s.list(ctx, in)
	if err != nil {
		return models.Page[PublicView]{}, err
	}
	return models.NewPage(records, limit, viewPublic, func(last store.FormRecord) string { return last.Form.ID })
}
