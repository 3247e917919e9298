package demo

import (
	"context"
	"fmt"
	"net/http"
)

// ensureForms returns the ids of the sample forms by name. It makes those that
// are missing; one that is there stays as it is.
func ensureForms(ctx context.Context, c client) (map[string]string, error) {
	samples, err := sampleForms(c.base + ReceiverPath)
	if err != nil {
		return nil, err
	}
	type made struct {
		ID      string `json:"id"`
		AgentID string `json:"agentId"`
		Name    string `json:"name"`
	}
	existing, err := list[made](ctx, c, "/v1/forms")
	if err != nil {
		return nil, fmt.Errorf("read forms: %w", err)
	}
	type key struct{ agent, name any }
	known := map[key]string{}
	for _, form := range existing {
		known[key{form.AgentID, form.Name}] = form.ID
	}
	ids := map[string]string{}
	for _, sample := range samples {
		form := made{ID: known[key{sample["agentId"], sample["name"]}], Name: fmt.Sprint(sample["name"])}
		if form.ID == "" {
			if err := c.call(ctx, request{http.MethodPost, "/v1/forms", sample}, &form); err != nil {
				return nil, fmt.Errorf("make the form %s: %w", form.Name, err)
			}
		}
		ids[form.Name] = form.ID
	}
	return ids, nil
}

// team is a team as the API takes and shows it.
type team struct {
	ID      string   `json:"id,omitempty"`
	Name    string   `json:"name"`
	Emails  []string `json:"emails"`
	Members []member `json:"members"`
}

type member struct {
	Email  string `json:"email"`
	Weight int    `json:"weight"`
}

// sampleTeams are the teams of the demo: those of the two rules, and that of
// the leads that no rule catches.
func sampleTeams() []team {
	return []team{
		{Name: "enterprise", Emails: []string{"enterprise@example.com"}, Members: []member{
			{"ann@example.com", 2}, {"bob@example.com", 1},
		}},
		{Name: "growth", Emails: []string{"growth@example.com"}, Members: []member{
			{"cleo@example.com", 3}, {"dan@example.com", 2},
		}},
		{Name: "general", Emails: []string{"team@example.com"}, Members: []member{
			{"eve@example.com", 1}, {"finn@example.com", 1}, {"gus@example.com", 1},
		}},
	}
}

// ensureTeams makes the sample teams, and the routing to them, where there are
// no teams at all.
func ensureTeams(ctx context.Context, c client) error {
	existing, err := list[team](ctx, c, "/v1/teams")
	if err != nil {
		return fmt.Errorf("read teams: %w", err)
	}
	if len(existing) > 0 {
		return nil
	}
	ids := map[string]string{}
	for _, sample := range sampleTeams() {
		var made team
		if err := c.call(ctx, request{http.MethodPost, "/v1/teams", sample}, &made); err != nil {
			return fmt.Errorf("make the team %s: %w", sample.Name, err)
		}
		ids[made.Name] = made.ID
	}
	if err := c.call(ctx, request{http.MethodPut, "/v1/routing", sampleRouting(ids)}, &struct{}{}); err != nil {
		return fmt.Errorf("set the routing: %w", err)
	}
	return nil
}

// sampleRouting sends hot leads to one team and warm ones to another. Only the
// sample form for demos has tiers, so warm leads are those.
func sampleRouting(teams map[string]string) map[string]any {
	type object = map[string]any
	return object{
		"rules": []object{
			{"name": "Hot", "when": object{"field": "score", "op": "gte", "value": 70}, "team": teams["enterprise"]},
			{"name": "Warm demo", "when": object{"field": "tier", "op": "eq", "value": "warm"}, "team": teams["growth"]},
		},
		"fallbackTeam": teams["general"],
	}
}
