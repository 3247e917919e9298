package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

// conditions are those of fields, by name.
type conditions map[string]*models.Condition

func TestVisible(t *testing.T) {
	t.Parallel()
	fields := []string{"plan", "seats", "reason"}
	pro := new(is("plan", models.OpEq, "pro"))
	many := new(is("seats", models.OpGte, 50.0))
	for name, c := range map[string]struct {
		conditions conditions
		data       string
		want       map[string]bool
	}{
		"without conditions":           {nil, `{}`, map[string]bool{"plan": true, "seats": true, "reason": true}},
		"a condition that holds":       {conditions{"seats": pro}, `{"plan":"pro"}`, map[string]bool{"plan": true, "seats": true, "reason": true}},
		"one that does not":            {conditions{"seats": pro}, `{"plan":"free"}`, map[string]bool{"plan": true, "seats": false, "reason": true}},
		"a chain":                      {conditions{"seats": pro, "reason": many}, `{"plan":"pro","seats":60}`, map[string]bool{"plan": true, "seats": true, "reason": true}},
		"what is hidden has no value":  {conditions{"seats": pro, "reason": many}, `{"plan":"free","seats":60}`, map[string]bool{"plan": true, "seats": false, "reason": false}},
		"and shows what waits for it":  {conditions{"seats": pro, "reason": new(not(*many))}, `{"plan":"free","seats":60}`, map[string]bool{"plan": true, "seats": false, "reason": true}},
		"a field behind decides":       {conditions{"plan": many}, `{"seats":60}`, map[string]bool{"plan": true, "seats": true, "reason": true}},
		"signals count":                {conditions{"plan": new(is("signals.intent", models.OpEq, "buy"))}, `{}`, map[string]bool{"plan": true, "seats": true, "reason": true}},
		"the outcome is not known yet": {conditions{"plan": new(is("score", models.OpExists, true))}, `{}`, map[string]bool{"plan": false, "seats": true, "reason": true}},
		"a malformed condition":        {conditions{"plan": &models.Condition{}}, `{}`, map[string]bool{"plan": false, "seats": true, "reason": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := rules.Facts{Data: object(t, c.data), Signals: map[string]any{"intent": "buy"}}
			facts = facts.WithQualification(models.Qualification{Score: 90})
			require.Equal(t, c.want, rules.Visible(fields, c.conditions, facts))
		})
	}
}

func TestVisibleAnswersACircleToo(t *testing.T) {
	t.Parallel()
	facts := rules.Facts{Data: object(t, `{"a":1,"b":1,"c":1}`)}
	ask := func(name string) *models.Condition { return new(is(name, models.OpExists, true)) }
	require.Equal(t, map[string]bool{"a": false}, rules.Visible([]string{"a"}, conditions{"a": ask("a")}, facts))
	circle := conditions{"a": ask("b"), "b": ask("c"), "c": ask("a")}
	require.Equal(t, map[string]bool{"a": false, "b": false, "c": false}, rules.Visible([]string{"a", "b", "c"}, circle, facts))
}

func TestCheckVisibility(t *testing.T) {
	t.Parallel()
	schema := rules.Schema{Signals: true, Outcome: true, Fields: []models.Field{
		{Name: "plan", Type: "text"}, {Name: "seats", Type: "number"}, {Name: "reason", Type: "text"},
	}}
	ask := func(name string) *models.Condition { return new(is(name, models.OpExists, true)) }
	for name, c := range map[string]struct {
		conditions conditions
		problems   []string
	}{
		"none":        {nil, []string{}},
		"sound":       {conditions{"seats": ask("plan"), "reason": new(all(*ask("plan"), not(*ask("seats"))))}, []string{}},
		"a diamond":   {conditions{"reason": new(anyOf(*ask("plan"), *ask("seats"))), "seats": ask("plan")}, []string{}},
		"itself":      {conditions{"seats": ask("seats")}, []string{"fields[1].visibleWhen cycle"}},
		"each other":  {conditions{"plan": ask("reason"), "reason": new(all(*ask("seats"), not(*ask("plan"))))}, []string{"fields[0].visibleWhen cycle", "fields[2].visibleWhen cycle"}},
		"into a loop": {conditions{"reason": ask("plan"), "plan": ask("seats"), "seats": ask("plan")}, []string{"fields[0].visibleWhen cycle", "fields[1].visibleWhen cycle"}},
		"the outcome": {conditions{"plan": ask("score")}, []string{"fields[0].visibleWhen.field unavailable"}},
		"a bad value": {conditions{"reason": new(anyOf(is("seats", models.OpEq, "x")))}, []string{"fields[2].visibleWhen.any[0].value type"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireProblems(t, c.problems, rules.CheckVisibility(c.conditions, schema))
		})
	}
}
