package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	yes, no := is("x", models.OpExists, false), is("x", models.OpExists, true)
	for name, c := range map[string]struct {
		condition models.Condition
		holds     bool
	}{
		"all of one":                 {all(yes), true},
		"all of all":                 {all(yes, yes), true},
		"all with a false one":       {all(yes, no), false},
		"all of nothing":             {models.Condition{All: []models.Condition{}}, false},
		"any of one":                 {anyOf(yes), true},
		"any with a true one":        {anyOf(no, yes), true},
		"any of false ones":          {anyOf(no, no), false},
		"any of nothing":             {models.Condition{Any: []models.Condition{}}, false},
		"not":                        {not(no), true},
		"not true":                   {not(yes), false},
		"not of all of nothing":      {not(models.Condition{All: []models.Condition{}}), true},
		"nested":                     {all(anyOf(no, not(no)), not(all(yes, no))), true},
		"nothing":                    {models.Condition{}, false},
		"two groups":                 {models.Condition{All: []models.Condition{yes}, Any: []models.Condition{yes}}, false},
		"a group and a comparison":   {models.Condition{Field: "x", Op: models.OpExists, Value: false, All: []models.Condition{yes}}, false},
		"a group and a value alone":  {models.Condition{Value: 1, Any: []models.Condition{yes}}, false},
		"a group and not":            {models.Condition{Any: []models.Condition{yes}, Not: &no}, false},
		"a comparison without field": {is("", models.OpExists, false), false},
		"an operator alone":          {is("", models.OpNe, "a"), false},
		"a field alone":              {is("x", "", nil), false},
		"an unknown operator":        {is("x", "between", []any{1.0}), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.holds, rules.Holds(c.condition, rules.Facts{}))
		})
	}
}

func TestAConditionBeyondTheBoundsDoesNotHold(t *testing.T) {
	t.Parallel()
	require.True(t, rules.Holds(deep(rules.MaxDepth), rules.Facts{}))
	require.False(t, rules.Holds(deep(rules.MaxDepth+1), rules.Facts{}))
	require.False(t, rules.Holds(not(deep(rules.MaxDepth)), rules.Facts{}))
	require.True(t, rules.Holds(wide(rules.MaxNodes), rules.Facts{}))
	require.False(t, rules.Holds(wide(rules.MaxNodes+1), rules.Facts{}))

	loop := models.Condition{}
	loop.Not = &loop
	require.False(t, rules.Holds(loop, rules.Facts{}))
}
