package leads

import (
	"context"
	"maps"
	"slices"

	"leadrail/internal/rules"
	"leadrail/internal/store"
	"leadrail/models"
)

// RoutingStore keeps how leads are routed.
type RoutingStore interface {
	Routing(ctx context.Context) (models.Routing, error)
	SaveRouting(ctx context.Context, routing models.Routing) error
	Form(ctx context.Context, id string) (store.FormRecord, error)
}

// RoutingInput is how leads are to be routed. UpdatedAt is taken and ignored,
// so that what was read can be sent back.
type RoutingInput struct {
	// Rules name teams by id; the first one that holds decides.
	Rules []models.RoutingRule `json:"rules"`
	// FallbackTeam is the id of the team for leads that no rule catches; empty
	// or null leaves them without a team.
	FallbackTeam string `json:"fallbackTeam"`

	UpdatedAt string `json:"updatedAt"`
}

// RoutingTable is how leads are routed. FallbackTeam is null for none.
type RoutingTable struct {
	Rules        []models.RoutingRule `json:"rules"`
	FallbackTeam *string              `json:"fallbackTeam"`
	UpdatedAt    models.Timestamp     `json:"updatedAt"`
}

// Target names the one table that there is.
func (RoutingTable) Target() string { return "routing" }

// Routing reads how leads are routed.
func (t *Teams) Routing(ctx context.Context, _ struct{}) (RoutingTable, error) {
	routing, err := t.Store.Routing(ctx)
	if err != nil {
		return RoutingTable{}, err
	}
	return viewTable(routing), nil
}

// ReplaceRouting changes how leads are routed from now on. Errors are invalid
// (one problem per place) and conflict: a team was deleted at the same moment.
func (t *Teams) ReplaceRouting(ctx context.Context, in RoutingInput) (RoutingTable, error) {
	names, err := t.Store.TeamNames(ctx)
	if err != nil {
		return RoutingTable{}, err
	}
	known := slices.AppendSeq([]string{}, maps.Keys(names))
	anyLead := rules.Schema{Open: true, Signals: true, Outcome: true}
	if problems := rules.CheckRouting(in.Rules, in.FallbackTeam, known, anyLead); len(problems) > 0 {
		return RoutingTable{}, &models.Error{Code: models.CodeInvalid, Message: "The routing has problems.", Fields: problems}
	}
	routing := models.Routing{
		Rules: append([]models.RoutingRule{}, in.Rules...), FallbackTeam: in.FallbackTeam, UpdatedAt: t.Now(),
	}
	if err := t.Store.SaveRouting(ctx, routing); err != nil {
		return RoutingTable{}, err
	}
	return viewTable(routing), nil
}

func viewTable(routing models.Routing) RoutingTable {
	return RoutingTable{
		Rules: routing.Rules, FallbackTeam: orNull(routing.FallbackTeam), UpdatedAt: models.At(routing.UpdatedAt),
	}
}

// PreviewInput is a lead that is made up.
type PreviewInput struct {
	// FormID names the form that scores the lead and knows its fields; empty
	// routes the data as it is.
	FormID   string          `json:"formId"`
	FormData models.Document `json:"formData"`
	Signals  models.Document `json:"signals"`
	// Score, where it is given, takes the place of the form's.
	Score *int `json:"score"`
}

// Preview is where a lead would go.
type Preview struct {
	Score     int    `json:"score"`
	Tier      string `json:"tier"`
	Qualified bool   `json:"qualified"`
	// Team is the team's name, null for none.
	Team    *string  `json:"team"`
	Reasons []string `json:"reasons"`
}

// PreviewRouting says where a lead would go, and why; nobody is assigned. What
// the form requires may be missing. Errors are not found (the form) and invalid.
func (t *Teams) PreviewRouting(ctx context.Context, in PreviewInput) (Preview, error) {
	var definition models.FormDefinition
	if in.FormID != "" {
		record, err := t.Store.Form(ctx, in.FormID)
		if err != nil {
			return Preview{}, err
		}
		definition = record.Version.Definition
	}
	facts, err := in.facts(definition)
	if err != nil {
		return Preview{}, err
	}
	routing, err := t.Store.Routing(ctx)
	if err != nil {
		return Preview{}, err
	}
	names, err := t.Store.TeamNames(ctx)
	if err != nil {
		return Preview{}, err
	}
	outcome := rules.Qualify(definition.Qualification, facts)
	if in.Score != nil {
		outcome.Score = *in.Score
		outcome = rules.Grade(definition.Qualification, outcome)
	}
	decision := rules.Route(routing.Rules, routing.FallbackTeam, facts.WithQualification(outcome))
	return Preview{
		Score: outcome.Score, Tier: outcome.Tier, Qualified: outcome.Qualified,
		Team: orNull(names[decision.Team]), Reasons: decision.Reasons,
	}, nil
}

// facts checks the made-up lead as a real one, and keeps what a form would.
func (in PreviewInput) facts(definition models.FormDefinition) (rules.Facts, error) {
	data, problems := readDocument("formData", in.FormData)
	signals, broken := readDocument("signals", in.Signals)
	problems = append(problems, broken...)
	if in.Score != nil && (*in.Score < -rules.MaxScore || *in.Score > rules.MaxScore) {
		problems = append(problems, models.FieldError{Field: "score", Code: "range", Message: "No score is that high, or that low."})
	}
	if in.FormID != "" {
		data, broken = partial(definition, data, signals)
		problems = append(problems, broken...)
	}
	if len(problems) > 0 {
		return rules.Facts{}, &models.Error{Code: models.CodeInvalid, Message: "The lead has problems.", Fields: problems}
	}
	return rules.Facts{Data: data, Signals: signals}, nil
}
