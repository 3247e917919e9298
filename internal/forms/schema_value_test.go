package forms_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// requireTold asks the schema of a form of one field about a value that breaks the
// rule of the code, or none.
func requireTold(t *testing.T, schema *jsonschema.Schema, field models.Field, text, code string) {
	t.Helper()
	var data any
	err := json.Unmarshal([]byte(`{"it":`+text+`}`), &data) // fails for numbers that are too large
	if err == nil {
		err = schema.Validate(data)
	}
	lines := field.Validation.Pattern != nil && strings.Contains(field.Validation.Pattern.Value, "(?m)")
	if code == "" || lines {
		require.NoError(t, err)
	} else {
		require.Error(t, err)
	}
}

func TestTheSchemaKnowsTheCalendar(t *testing.T) {
	t.Parallel()
	form := definition(t, `[{"name":"day","type":"date"},{"name":"at","type":"datetime"}]`)
	schema := compiled(t, forms.Schema(form))
	for year := range 10_000 {
		for _, day := range []string{"02-29", "12-31", "11-31"} {
			date := fmt.Sprintf("%04d-%s", year, day)
			data := map[string]any{"day": date, "at": date + "T10:30"}
			_, problems := forms.Accept(form, forms.Answers{Data: data})
			require.Equal(t, len(problems) == 0, schema.Validate(data) == nil, date)
		}
	}
}

func TestTheSchemaComparesDays(t *testing.T) {
	t.Parallel()
	days := []string{"0000-01-01", "1999-12-31", "2000-01-01", "2024-02-29", "2026-11-21", "2026-11-22", "2026-11-23", "2029-09-19", "9999-12-30", "9999-12-31"}
	times := []string{"", "T00:00", "T00:00:00.000000001", "T23:59", "T23:59-05:00", "T00:30+01:00", "T00:00+00:00"}
	for _, op := range []string{"gt", "gte", "lt", "lte"} {
		for _, bound := range days {
			for _, time := range times {
				form := definition(t, `[{"name":"day","type":"date"},{"name":"x","type":"text","validation":{"required":{"value":true}},
					"visibleWhen":{"field":"day","op":"`+op+`","value":"`+bound+time+`"}}]`)
				schema := compiled(t, forms.Schema(form))
				for _, day := range days {
					data := map[string]any{"day": day}
					_, problems := forms.Accept(form, forms.Answers{Data: data})
					require.Equal(t, len(problems) == 0, schema.Validate(data) == nil, "%s %s %s", day, op, bound+time)
				}
			}
		}
	}
}

func TestTheSchemaFindsPartsOfTextsAsAcceptDoes(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"a.b*", "ß", "k", "i", "ǆ", "ΣΑΣ", "日本", "[x]", "^", "\\d", "İ"} {
		form := definition(t, `[{"name":"a","type":"text"},{"name":"x","type":"text","validation":{"required":{"value":true}},
			"visibleWhen":{"field":"a","op":"contains","value":`+quoted(part)+`}}]`)
		schema := compiled(t, forms.Schema(form))
		for _, text := range []string{
			part, strings.ToUpper(part), strings.ToLower(part), strings.ToTitle(part), "x" + part + "x", "\u212a", "I", "ı", "İ", "ẞ", "ss", "ς", "5", "axbb",
		} {
			data := map[string]any{"a": text}
			_, problems := forms.Accept(form, forms.Answers{Data: data})
			require.Equal(t, len(problems) == 0, schema.Validate(data) == nil, "%q in %q", part, text)
		}
	}
}

// No text has surrogates; a class of them alone would be "[]", which is none of RE2's.
func TestTheSchemaFindsNoSurrogates(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`[\x{D800}-\x{DFFF}]`, `[^\x{D800}]`, `x|[\x{DC00}-\x{DFFF}]`, `[a\x{D800}-\x{E000}]`} {
		form := models.FormDefinition{Fields: []models.Field{patterned(pattern)}}
		form.Fields[0].Name = "it"
		schema := compiled(t, forms.Schema(form))
		for _, text := range []string{"x", "a", "\ufffd", "\ud7ff", "\ue000", "xx"} {
			data := map[string]any{"it": text}
			_, problems := forms.Accept(form, forms.Answers{Data: data})
			require.Equal(t, len(problems) == 0, schema.Validate(data) == nil, "%q in %q", pattern, text)
		}
	}
}

func TestLongTextsMatchNoConditionEither(t *testing.T) {
	t.Parallel()
	form := definition(t, `[{"name":"a","type":"text"},{"name":"x","type":"text","validation":{"required":{"value":true}},
		"visibleWhen":{"field":"a","op":"matches","value":"x"}}]`)
	schema := compiled(t, forms.Schema(form))
	require.Error(t, schema.Validate(map[string]any{"a": strings.Repeat("x", 16<<10)}))
	require.NoError(t, schema.Validate(map[string]any{"a": strings.Repeat("x", 16<<10+1)}))
}

// Fields whose condition a schema cannot tell are bounded, and never required.
func TestWhatASchemaCannotTellIsNotRequired(t *testing.T) {
	t.Parallel()
	for name, condition := range map[string]string{
		"a signal":               `{"field":"signals.intent","op":"eq","value":"buy"}`,
		"no signal":              `{"not":{"field":"signals.intent","op":"eq","value":"buy"}}`,
		"a signal, or not":       `{"any":[{"field":"signals.intent","op":"exists"},{"field":"at","op":"exists"}]}`,
		"the order of times":     `{"field":"at","op":"lt","value":"2026-11-24T10:30"}`,
		"lines":                  `{"field":"note","op":"matches","value":"(?m)^x$"}`,
		"a field that is untold": `{"field":"maybe","op":"exists"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := definition(t, `[{"name":"at","type":"datetime"},{"name":"note","type":"textarea"},
				{"name":"maybe","type":"text","visibleWhen":{"field":"signals.more","op":"exists"}},
				{"name":"it","type":"number","validation":{"required":{"value":true}},"visibleWhen":`+condition+`}]`)
			schema := compiled(t, forms.Schema(form))
			require.NoError(t, schema.Validate(object(t, `{"note":"x"}`)))
			require.NoError(t, schema.Validate(object(t, `{"it":5}`)))
			require.Error(t, schema.Validate(object(t, `{"it":"5","note":"x","maybe":"x","at":"2026-11-24T10:30"}`)))
		})
	}
}

func TestSignalsSettleWhatIsShown(t *testing.T) {
	t.Parallel()
	form := definition(t, `[{"name":"it","type":"number","validation":{"required":{"value":true}},"visibleWhen":{"field":"signals.intent","op":"eq","value":"buy"}}]`)
	buying := compiled(t, forms.SchemaUnder(form, map[string]any{"intent": "buy"}))
	require.Error(t, buying.Validate(object(t, `{}`)))
	require.NoError(t, buying.Validate(object(t, `{"it":5}`)))
	for _, signals := range []map[string]any{nil, {"intent": "browse"}} {
		browsing := compiled(t, forms.SchemaUnder(form, signals))
		require.NoError(t, browsing.Validate(object(t, `{}`)))
		require.NoError(t, browsing.Validate(object(t, `{"it":"five"}`)), "a hidden value does not matter")
	}
}
