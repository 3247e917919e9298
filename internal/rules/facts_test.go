package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestSignalsAreFoundByTheirPath(t *testing.T) {
	t.Parallel()
	facts := rules.Facts{
		Data:    object(t, `{"signals":{"intent":"form"},"intent":"form","signals.intent":"form"}`),
		Signals: object(t, `{"intent":"buy","plan":{"name":"pro","seats":5},"a.b":1,"list":[{"x":1}]}`),
	}
	for _, c := range []struct {
		condition models.Condition
		holds     bool
	}{
		{is("signals.intent", models.OpEq, "buy"), true},
		{is("signals.intent", models.OpNe, "form"), true},
		{is("signals.plan.name", models.OpEq, "pro"), true},
		{is("signals.plan.seats", models.OpGte, 5.0), true},
		{is("signals.plan", models.OpExists, true), true},
		{is("signals.plan.price", models.OpExists, true), false},
		{is("signals.intent.deeper", models.OpExists, true), false},
		{is("signals.a.b", models.OpExists, true), false},
		{is("signals.list.x", models.OpExists, true), false},
		{is("signals.", models.OpExists, true), false},
		{is("signals", models.OpExists, true), true},
		{is("intent", models.OpEq, "form"), true},
	} {
		require.Equal(t, c.holds, rules.Holds(c.condition, facts), "%v", c.condition)
	}
}

func TestTheOutcomeIsUnknownBeforeScoring(t *testing.T) {
	t.Parallel()
	before := rules.Facts{Data: object(t, `{"score":99,"tier":"hot","qualified":true}`)}
	after := before.WithQualification(models.Qualification{Score: 0, Tier: "cold", Qualified: false})
	for _, name := range []string{"score", "tier", "qualified"} {
		require.False(t, rules.Holds(is(name, models.OpExists, true), before), "%s: a field of that name is not asked", name)
		require.True(t, rules.Holds(is(name, models.OpExists, true), after), name)
	}
	require.True(t, rules.Holds(is("score", models.OpEq, 0.0), after))
	require.True(t, rules.Holds(is("score", models.OpLt, 40.0), after))
	require.True(t, rules.Holds(is("tier", models.OpIn, []any{"cold", "warm"}), after))
	require.True(t, rules.Holds(is("qualified", models.OpEq, false), after))
	require.False(t, rules.Holds(is("tier", models.OpExists, true),
		before.WithQualification(models.Qualification{})), "a score below all tiers has none")
}
