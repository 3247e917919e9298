package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestEqAndItsOpposite(t *testing.T) {
	t.Parallel()
	rows := []answer{
		{`"pro"`, `"pro"`, true},
		{`"pro"`, `"Pro"`, false},
		{`"pro"`, `"pro "`, false},
		{`"é"`, `"e\u0301"`, false},
		{`5`, `5.0`, true},
		{`5`, `5e0`, true},
		{`5`, `50e-1`, true},
		{`0`, `0`, true},
		{`-0.0`, `0`, true},
		{`0.1`, `0.10`, true},
		{`1e-400`, `0`, true},
		{`9007199254740993`, `9007199254740992`, true},
		{`5`, `"5"`, false},
		{`"5"`, `5`, false},
		{`true`, `true`, true},
		{`true`, `false`, false},
		{`true`, `1`, false},
		{`"true"`, `true`, false},
		{`1e400`, `1`, false},
		{`["pro"]`, `"pro"`, false},
		{`{"a":1}`, `"a"`, false},
		{`" "`, `" "`, true},
		{absent, `"pro"`, false},
		{`null`, `"pro"`, false},
		{`""`, `"pro"`, false},
		{`[]`, `"pro"`, false},
	}
	table(t, models.OpEq, rows)
	for i := range rows {
		rows[i].holds = !rows[i].holds
	}
	table(t, models.OpNe, rows)
}

func TestEqAndNeWantAScalar(t *testing.T) {
	t.Parallel()
	for _, op := range []models.Operator{models.OpEq, models.OpNe} {
		table(t, op, []answer{
			{`"pro"`, absent, false},
			{`"pro"`, `null`, false},
			{`"pro"`, `""`, false},
			{`""`, `""`, false},
			{absent, absent, false},
			{`["pro"]`, `["pro"]`, false},
			{`{"a":1}`, `{"a":1}`, false},
		})
	}
}

func TestInAndItsOpposite(t *testing.T) {
	t.Parallel()
	rows := []answer{
		{`"pro"`, `["free","pro"]`, true},
		{`"pro"`, `["free"]`, false},
		{`"PRO"`, `["pro"]`, false},
		{`5`, `[1,5.0]`, true},
		{`5`, `["5"]`, false},
		{`true`, `["true",true]`, true},
		{`["a","b"]`, `["b","c"]`, true},
		{`["a","b"]`, `["c"]`, false},
		{`[1,2]`, `[2.0]`, true},
		{`[["a"]]`, `["a"]`, false},
		{`{"a":1}`, `["a"]`, false},
		{`[]`, `["a"]`, false},
		{`""`, `["a"]`, false},
		{`null`, `["a"]`, false},
		{absent, `["a"]`, false},
	}
	table(t, models.OpIn, rows)
	for i := range rows {
		rows[i].holds = !rows[i].holds
	}
	table(t, models.OpNotIn, rows)
}

func TestInAndNotInWantAListWithValues(t *testing.T) {
	t.Parallel()
	for _, op := range []models.Operator{models.OpIn, models.OpNotIn} {
		table(t, op, []answer{
			{`"pro"`, `"pro"`, false},
			{`"pro"`, `[]`, false},
			{`"pro"`, absent, false},
			{`"pro"`, `["pro",null]`, false},
			{`"x"`, `["pro",""]`, false},
			{`"x"`, `[["pro"]]`, false},
			{`"pro"`, `{"pro":true}`, false},
			{absent, `[]`, false},
		})
	}
}

func TestAProgramMayWriteItsOwnTypes(t *testing.T) {
	t.Parallel()
	facts := rules.Facts{Data: map[string]any{"seats": 5, "budget": int64(9), "tags": []string{"a", "b"}}}
	for _, condition := range []models.Condition{
		is("seats", models.OpEq, 5.0),
		is("budget", models.OpGte, int64(9)),
		is("budget", models.OpIn, []any{8, 9}),
		is("tags", models.OpContains, "b"),
		is("tags", models.OpIn, []string{"b", "c"}),
		is("tags", models.OpNotIn, []string{"c"}),
		is("tags", models.OpExists, nil),
	} {
		require.True(t, rules.Holds(condition, facts), "%v", condition)
	}
}
