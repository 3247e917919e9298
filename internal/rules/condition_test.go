package rules_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

// absent stands in a table for a field that was not sent, or an operand that
// was not written.
const absent = ""

// is makes a comparison.
func is(field string, op models.Operator, value any) models.Condition {
	return models.Condition{Field: field, Op: op, Value: value}
}

func not(condition models.Condition) models.Condition { return models.Condition{Not: &condition} }

func all(conditions ...models.Condition) models.Condition {
	return models.Condition{All: conditions}
}

func anyOf(conditions ...models.Condition) models.Condition {
	return models.Condition{Any: conditions}
}

// answer is a row of a truth table: a field's value and an operand, both in
// JSON, and whether the comparison holds.
type answer struct {
	value, operand string
	holds          bool
}

// table checks the rows of one operator.
func table(t *testing.T, op models.Operator, rows []answer) {
	t.Helper()
	for _, row := range rows {
		condition := is("x", op, nil)
		if row.operand != absent {
			require.NoError(t, json.Unmarshal([]byte(row.operand), &condition.Value), row.operand)
		}
		require.Equal(t, row.holds, rules.Holds(condition, given(t, row.value)), "%s %s %s", row.value, op, row.operand)
	}
}

// given is the fact x, decoded as form data is.
func given(t *testing.T, value string) rules.Facts {
	t.Helper()
	if value == absent {
		return rules.Facts{}
	}
	return rules.Facts{Data: object(t, `{"x":`+value+`}`)}
}

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	decoded, err := models.Document(text).Object()
	require.NoError(t, err, text)
	return decoded
}

// found are problems as "path code", in order.
func found(problems []models.FieldError) []string {
	list := []string{}
	for _, problem := range problems {
		list = append(list, problem.Field+" "+problem.Code)
	}
	return list
}

// requireProblems compares problems with "path code" texts.
func requireProblems(t *testing.T, want []string, problems []models.FieldError) {
	t.Helper()
	require.Empty(t, cmp.Diff(want, found(problems)))
	for _, problem := range problems {
		require.NotEmpty(t, problem.Message, problem.Field)
	}
}

// deep nests a condition that holds so that the whole is n deep.
func deep(n int) models.Condition {
	condition := is("x", models.OpExists, false)
	for range n - 1 {
		condition = all(condition)
	}
	return condition
}

// wide is a group that consists of n conditions, itself included.
func wide(n int) models.Condition {
	parts := make([]models.Condition, n-1)
	for i := range parts {
		parts[i] = is("x", models.OpExists, false)
	}
	return all(parts...)
}

func text(n int) string { return strings.Repeat("x", n) }
