package rules_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestCheckQualification(t *testing.T) {
	t.Parallel()
	sound := is("email", models.OpExists, nil)
	rule := func(name string, points int) models.ScoringRule {
		return models.ScoringRule{Name: name, When: sound, Points: points}
	}
	for name, c := range map[string]struct {
		rules    models.QualificationRules
		problems []string
	}{
		"nothing":          {models.QualificationRules{}, []string{}},
		"an unknown field": {*scoring(), []string{"q.rules[0].when.field unknown_field"}},
		"the edges":        {models.QualificationRules{Rules: []models.ScoringRule{rule(text(rules.MaxName), rules.MaxPoints), rule("b", -rules.MaxPoints)}, QualifiedFrom: -rules.MaxScore}, []string{}},
		"no name":          {models.QualificationRules{Rules: []models.ScoringRule{rule(" \t", 1)}}, []string{"q.rules[0].name required"}},
		"a long name":      {models.QualificationRules{Rules: []models.ScoringRule{rule(text(rules.MaxName+1), 1)}}, []string{"q.rules[0].name max_length"}},
		"a name on lines":  {models.QualificationRules{Rules: []models.ScoringRule{rule("a\nb", 1)}}, []string{"q.rules[0].name invalid"}},
		"a name, no text":  {models.QualificationRules{Rules: []models.ScoringRule{rule("a\xff", 1)}}, []string{"q.rules[0].name invalid"}},
		"a name twice":     {models.QualificationRules{Rules: []models.ScoringRule{rule("a", 1), rule("a", 1)}}, []string{"q.rules[1].name duplicate"}},
		"too many points":  {models.QualificationRules{Rules: []models.ScoringRule{rule("a", rules.MaxPoints+1), rule("b", -rules.MaxPoints-1)}}, []string{"q.rules[0].points range", "q.rules[1].points range"}},
		"no condition":     {models.QualificationRules{Rules: []models.ScoringRule{{Name: "a"}}}, []string{"q.rules[0].when required"}},
		"its own outcome":  {models.QualificationRules{Rules: []models.ScoringRule{{Name: "a", When: is("score", models.OpGt, 1.0)}}}, []string{"q.rules[0].when.field unavailable"}},
		"a tier unnamed":   {models.QualificationRules{Tiers: []models.Tier{{Min: 1}}}, []string{"q.tiers[0].name required"}},
		"a tier twice":     {models.QualificationRules{Tiers: []models.Tier{{Name: "a", Min: 1}, {Name: "a", Min: 2}}}, []string{"q.tiers[1].name duplicate"}},
		"a bound twice":    {models.QualificationRules{Tiers: []models.Tier{{Name: "a", Min: 1}, {Name: "b", Min: 1}}}, []string{"q.tiers[1].min duplicate"}},
		"a bound too high": {models.QualificationRules{Tiers: []models.Tier{{Name: "a", Min: rules.MaxScore + 1}}}, []string{"q.tiers[0].min range"}},
		"a bar too low":    {models.QualificationRules{QualifiedFrom: -rules.MaxScore - 1}, []string{"q.qualifiedFrom range"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := rules.Schema{Fields: []models.Field{{Name: "email", Type: "email"}}, Signals: true, Outcome: true}
			requireProblems(t, c.problems, rules.CheckQualification("q", &c.rules, schema))
		})
	}
}

func TestScoringRulesAreCounted(t *testing.T) {
	t.Parallel()
	definition := &models.QualificationRules{}
	for i := range rules.MaxRules + 1 {
		definition.Rules = append(definition.Rules, models.ScoringRule{Name: fmt.Sprint(i), When: is("x", models.OpExists, nil)})
	}
	for i := range rules.MaxTiers + 1 {
		definition.Tiers = append(definition.Tiers, models.Tier{Name: fmt.Sprint(i), Min: i})
	}
	schema := rules.Schema{Open: true}
	requireProblems(t, []string{"rules max_items", "tiers max_items"}, rules.CheckQualification("", definition, schema))
	definition.Rules, definition.Tiers = definition.Rules[1:], definition.Tiers[1:]
	requireProblems(t, []string{}, rules.CheckQualification("", definition, schema))
	require.Empty(t, rules.CheckQualification("", nil, schema))
}
