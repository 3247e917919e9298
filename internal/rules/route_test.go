package rules_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestRoute(t *testing.T) {
	t.Parallel()
	table := []models.RoutingRule{
		{Name: "Large", When: is("seats", models.OpGte, 100.0), Team: "team_enterprise"},
		{Name: "Hot", When: is("tier", models.OpEq, "hot"), Team: "team_sales"},
		{Name: "Large again", When: is("seats", models.OpGte, 50.0), Team: "team_never"},
	}
	hot := models.Qualification{Score: 80, Tier: "hot", Qualified: true}
	for name, c := range map[string]struct {
		rules    []models.RoutingRule
		fallback string
		data     string
		want     rules.Decision
	}{
		"the first rule that holds": {table, "team_rest", `{"seats":100}`, rules.Decision{Team: "team_enterprise", Reasons: []string{`rule "Large" matched`}}},
		"a rule about the score":    {table, "team_rest", `{"seats":60}`, rules.Decision{Team: "team_sales", Reasons: []string{`rule "Hot" matched`}}},
		"the fallback":              {table[:1], "team_rest", `{"seats":5}`, rules.Decision{Team: "team_rest", Reasons: []string{"no rule matched, so the fallback team takes it"}}},
		"nowhere":                   {table[:1], "", `{"seats":5}`, rules.Decision{Reasons: []string{"no rule matched and there is no fallback team"}}},
		"no rules":                  {nil, "", `{}`, rules.Decision{Reasons: []string{"there are no rules and there is no fallback team"}}},
		"no rules but a fallback":   {nil, "team_rest", `{}`, rules.Decision{Team: "team_rest", Reasons: []string{"there are no rules, so the fallback team takes it"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := rules.Facts{Data: object(t, c.data)}.WithQualification(hot)
			require.Equal(t, c.want, rules.Route(c.rules, c.fallback, facts))
		})
	}
}

func TestCheckRouting(t *testing.T) {
	t.Parallel()
	sound := is("seats", models.OpGte, 5.0)
	rule := func(name, team string) []models.RoutingRule {
		return []models.RoutingRule{{Name: name, When: sound, Team: team}}
	}
	for name, c := range map[string]struct {
		rules    []models.RoutingRule
		fallback string
		problems []string
	}{
		"nothing":             {nil, "", []string{}},
		"sound":               {rule("a", "team_sales"), "team_sales", []string{}},
		"no name":             {rule("", "team_sales"), "", []string{"rules[0].name required"}},
		"a name twice":        {append(rule("a", "team_sales"), rule("a", "team_sales")...), "", []string{"rules[1].name duplicate"}},
		"no team":             {rule("a", ""), "", []string{"rules[0].team required"}},
		"an unknown team":     {rule("a", "team_slaes"), "", []string{"rules[0].team unknown_team"}},
		"an unknown fallback": {nil, "team_none", []string{"fallbackTeam unknown_team"}},
		"a bad condition":     {[]models.RoutingRule{{Name: "a", Team: "team_sales", When: is("Seats", models.OpGte, 5.0)}}, "", []string{"rules[0].when.field unknown_field"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := rules.CheckRouting(c.rules, c.fallback, []string{"team_sales", "team_rest"}, rules.Schema{Open: true})
			requireProblems(t, c.problems, problems)
		})
	}
}

func TestRoutingRulesAreCounted(t *testing.T) {
	t.Parallel()
	var many []models.RoutingRule
	for i := range rules.MaxRules + 1 {
		many = append(many, models.RoutingRule{Name: fmt.Sprint(i), Team: "t", When: is("x", models.OpExists, nil)})
	}
	requireProblems(t, []string{"rules max_items"}, rules.CheckRouting(many, "", []string{"t"}, rules.Schema{Open: true}))
	requireProblems(t, []string{}, rules.CheckRouting(many[1:], "", []string{"t"}, rules.Schema{Open: true}))
}

func TestNoTeamsAreNotTheSameAsUnknownTeams(t *testing.T) {
	t.Parallel()
	requireProblems(t, []string{}, rules.CheckRouting(nil, "team_sales", nil, rules.Schema{}))
	requireProblems(t, []string{"fallbackTeam unknown_team"}, rules.CheckRouting(nil, "team_sales", []string{}, rules.Schema{}))
}
