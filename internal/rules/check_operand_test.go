package rules_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestWhichOperatorsFitWhichField(t *testing.T) {
	t.Parallel()
	every := []models.Operator{"eq", "ne", "gt", "gte", "lt", "lte", "in", "notIn", "contains", "exists", "matches"}
	texts := []models.Operator{"eq", "ne", "in", "notIn", "contains", "exists", "matches"}
	ordered := []models.Operator{"eq", "ne", "gt", "gte", "lt", "lte", "in", "notIn", "exists"}
	for field, fitting := range map[string][]models.Operator{
		"text": texts, "email": texts, "tel": texts, "textarea": texts,
		"number": ordered, "score": ordered, "date": ordered, "datetime": ordered,
		"select": {"eq", "ne", "in", "notIn", "exists", "matches"}, "tier": {"eq", "ne", "in", "notIn", "exists", "matches"},
		"multiselect": {"contains", "in", "notIn", "exists"},
		"qualified":   {"eq", "ne", "exists"},
		"file":        {"exists"}, "image": {"exists"},
		"colour": every, "signals.intent": every,
	} {
		for _, op := range every {
			problems := found(rules.Check("", is(field, op, []any{}), aSchema()))
			require.Equal(t, !slices.Contains(fitting, op), slices.Contains(problems, "op unsupported"), "%s %s", field, op)
		}
	}
}

func TestOperands(t *testing.T) {
	t.Parallel()
	tooMany, most := make([]any, rules.MaxOperands+1), make([]any, rules.MaxOperands)
	for i := range tooMany {
		tooMany[i] = float64(i)
	}
	copy(most, tooMany)
	const fine = ""
	for _, c := range []struct {
		field string
		op    models.Operator
		value any
		code  string
	}{
		{"text", "exists", nil, fine},
		{"text", "exists", false, fine},
		{"text", "exists", "false", "value type"},
		{"text", "exists", 0.0, "value type"},

		{"text", "eq", text(rules.MaxOperandText), fine},
		{"text", "eq", text(rules.MaxOperandText + 1), "value max_length"},
		{"text", "eq", 5.0, "value type"},
		{"text", "eq", nil, "value required"},
		{"text", "eq", "", "value required"},
		{"text", "contains", []any{"x"}, "value type"},
		{"text", "ne", []any{}, "value required"},
		{"text", "eq", "a\x00", "value invalid"},
		{"text", "eq", "\xff", "value invalid"},

		{"number", "eq", 5.0, fine},
		{"number", "gte", json.Number("5"), fine},
		{"number", "lt", 5, fine},
		{"number", "eq", "5", "value type"},
		{"number", "gt", true, "value type"},
		{"number", "lte", nil, "value type"},
		{"number", "gt", json.Number("1e400"), "value type"},
		{"score", "gte", "high", "value type"},

		{"date", "eq", "2026-11-22", fine},
		{"datetime", "lt", "2026-11-22T09:30Z", fine},
		{"date", "gt", "22.11.2026", "value type"},
		{"date", "eq", 20261122.0, "value type"},

		{"qualified", "eq", true, fine},
		{"qualified", "eq", "true", "value type"},

		{"select", "eq", "pro", fine},
		{"select", "eq", "gold", "value option"},
		{"select", "ne", true, "value type"},
		{"multiselect", "contains", "free", fine},
		{"multiselect", "contains", "gold", "value option"},
		{"tier", "eq", "hot", fine},
		{"tier", "eq", "warm", "value option"},

		{"text", "in", []any{"a", "b"}, fine},
		{"text", "in", []string{"a"}, fine},
		{"text", "in", "a", "value type"},
		{"text", "notIn", []any{}, "value required"},
		{"text", "notIn", nil, "value type"},
		{"number", "in", most, fine},
		{"number", "in", tooMany, "value max_items"},
		{"number", "in", []any{1.0, "2"}, "value[1] type"},
		{"select", "in", []any{"gold"}, "value[0] option"},
		{"signals.x", "in", []any{nil}, "value[0] required"},
		{"signals.x", "in", []any{[]any{"a"}}, "value[0] type"},

		{"text", "matches", "^a|b$", fine},
		{"text", "matches", "", "value type"},
		{"text", "matches", 5.0, "value type"},
		{"text", "matches", "(", "value pattern"},
		{"text", "matches", `(?<!a)b`, "value pattern"},
		{"text", "matches", `(a)\1`, "value pattern"},
		{"text", "matches", text(rules.MaxPattern + 1), "value max_length"},
		{"text", "matches", "(x{900}){3}", "value pattern"},
		{"text", "matches", "(" + text(480) + "){1000}", "value pattern"},
		{"text", "matches", "(((a{30}){30}){30}){30}", "value pattern"},
		{"text", "matches", "a\x00", "value invalid"},

		{"signals.x", "eq", 5.0, fine},
		{"signals.x", "eq", true, fine},
		{"signals.x", "eq", map[string]any{"a": 1.0}, "value type"},
		{"signals.x", "eq", "\x00", "value invalid"},
		{"signals.x", "eq", text(rules.MaxOperandText + 1), "value max_length"},
		{"signals.x", "gt", 5.0, fine},
		{"signals.x", "gt", "2026-11-22", fine},
		{"signals.x", "gt", "high", "value type"},
	} {
		want := []string{}
		if c.code != fine {
			want = []string{c.code}
		}
		requireProblems(t, want, rules.Check("", is(c.field, c.op, c.value), aSchema()))
	}
}

func TestAChoiceWithoutOptionsTakesAnyText(t *testing.T) {
	t.Parallel()
	schema := rules.Schema{Fields: []models.Field{{Name: "plan", Type: "select"}}, Outcome: true}
	for _, name := range []string{"plan", "tier"} {
		requireProblems(t, []string{}, rules.Check("", is(name, models.OpEq, "gold"), schema))
		requireProblems(t, []string{"value invalid"}, rules.Check("", is(name, models.OpEq, "\x00"), schema))
	}
}
