package rules_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

// aSchema has a field of every type, called like it, and knows everything else
// that a condition may ask.
func aSchema() rules.Schema {
	options := []models.Option{{Value: "free"}, {Value: "pro"}}
	schema := rules.Schema{
		Fields: []models.Field{
			{Name: "select", Type: "select", Options: options}, {Name: "multiselect", Type: "multiselect", Options: options},
		},
		Signals: true, Outcome: true, Tiers: []string{"hot", "cold"},
	}
	for _, fieldType := range []models.FieldType{"text", "email", "tel", "textarea", "number", "date", "datetime", "file", "image", "colour"} {
		schema.Fields = append(schema.Fields, models.Field{Name: string(fieldType), Type: fieldType})
	}
	return schema
}

func TestASoundConditionHasNoProblems(t *testing.T) {
	t.Parallel()
	for _, condition := range []models.Condition{
		is("text", models.OpEq, "x"),
		is("signals.plan.name", models.OpMatches, "^p"),
		is("score", models.OpGte, 40.0),
		is("tier", models.OpIn, []any{"hot"}),
		is("qualified", models.OpNe, true),
		all(is("number", models.OpLt, 5.0), anyOf(not(is("select", models.OpEq, "pro")), is("file", models.OpExists, nil))),
		deep(rules.MaxDepth),
		wide(rules.MaxNodes),
	} {
		schema := aSchema()
		schema.Open = true
		requireProblems(t, []string{}, rules.Check("when", condition, schema))
	}
}

func TestCheckSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	good := is("text", models.OpExists, nil)
	both := good
	both.Not = &good
	for name, c := range map[string]struct {
		condition models.Condition
		problems  []string
	}{
		"nothing":             {models.Condition{}, []string{"when required"}},
		"two forms":           {both, []string{"when ambiguous"}},
		"an empty all":        {models.Condition{All: []models.Condition{}}, []string{"when.all required"}},
		"an empty any":        {models.Condition{Any: []models.Condition{}}, []string{"when.any required"}},
		"an empty not":        {not(models.Condition{}), []string{"when.not required"}},
		"no field":            {is("", models.OpEq, "x"), []string{"when.field required"}},
		"no operator":         {is("text", "", "x"), []string{"when.op required"}},
		"neither":             {is("", "", "x"), []string{"when.field required", "when.op required"}},
		"an unknown operator": {is("text", "equals", "x"), []string{"when.op unsupported"}},
		"an unknown field":    {is("txet", models.OpEq, "x"), []string{"when.field unknown_field"}},
		"both unknown":        {is("txet", "equals", "x"), []string{"when.field unknown_field", "when.op unsupported"}},
		"a dotted field":      {is("text.length", models.OpEq, "x"), []string{"when.field unknown_field"}},
		"signals alone":       {is("signals", models.OpExists, nil), []string{"when.field unknown_field"}},
		"a signal unnamed":    {is("signals.", models.OpExists, nil), []string{"when.field unknown_field"}},
		"a hole in a signal":  {is("signals.a..b", models.OpExists, nil), []string{"when.field unknown_field"}},
		"a signal too long":   {is("signals."+text(249), models.OpExists, nil), []string{"when.field unknown_field"}},
		"U+0000 in a signal":  {is("signals.\x00", models.OpExists, nil), []string{"when.field invalid"}},
		"an unfit operator":   {is("text", models.OpGt, 5.0), []string{"when.op unsupported"}},
		"a wrong value":       {is("number", models.OpGt, "many"), []string{"when.value type"}},
		"several, in groups": {
			all(good, anyOf(is("number", models.OpEq, nil), not(is("select", models.OpEq, "gold"))), is("", models.OpEq, "x")),
			[]string{"when.all[1].any[0].value required", "when.all[1].any[1].not.value option", "when.all[2].field required"},
		},
		"too deep":       {not(deep(rules.MaxDepth)), []string{"when.not" + strings.Repeat(".all[0]", rules.MaxDepth-1) + " max_depth"}},
		"too many parts": {all(wide(rules.MaxNodes-1), good, good, good), []string{"when.all[1] max_items"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := aSchema()
			schema.Fields = append(schema.Fields, models.Field{Name: "x", Type: "text"})
			requireProblems(t, c.problems, rules.Check("when", c.condition, schema))
		})
	}
}

func TestAProblemAtTheTopHasNoPath(t *testing.T) {
	t.Parallel()
	requireProblems(t, []string{" required"}, rules.Check("", models.Condition{}, aSchema()))
	requireProblems(t, []string{"op required"}, rules.Check("", is("text", "", nil), aSchema()))
}

func TestWhatIsKnownElsewhereIsUnavailableHere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"score", "tier", "qualified", "signals.intent"} {
		condition := is(name, models.OpExists, nil)
		requireProblems(t, []string{"when.field unavailable"}, rules.Check("when", condition, rules.Schema{Open: true}))
		requireProblems(t, []string{}, rules.Check("when", condition, aSchema()))
	}
}

func TestAnOpenSchemaTakesAnyFieldName(t *testing.T) {
	t.Parallel()
	open := rules.Schema{Open: true}
	requireProblems(t, []string{}, rules.Check("", is("company_size", models.OpMatches, "^1"), open))
	for _, name := range []string{"Company", "1st", "a-b", "a.b", text(65), "ü"} {
		requireProblems(t, []string{"field unknown_field"}, rules.Check("", is(name, models.OpExists, nil), open))
	}
}

func TestAMisspeltNameIsSuggested(t *testing.T) {
	t.Parallel()
	for written, meant := range map[string]string{
		"txet": `"text"`, "scor": `"score"`, "telx": `"tel"`, "signal.intent": `"signals.intent"`, "selekt": `"select"`,
	} {
		problems := rules.Check("", is(written, models.OpExists, nil), aSchema())
		require.Len(t, problems, 1)
		require.Contains(t, problems[0].Message, "Did you mean "+meant, written)
	}
	for _, written := range []string{"company", "x", text(1000)} {
		problems := rules.Check("", is(written, models.OpExists, nil), aSchema())
		require.NotContains(t, problems[0].Message, "mean", written)
		require.Less(t, len(problems[0].Message), 200, "what an author wrote is not repeated at length")
	}
}
