package forms_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// decoded is JSON as JavaScript reads it: numbers are float64.
func decoded(t testing.TB, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	var out any
	require.NoError(t, json.Unmarshal(text, &out))
	return out
}

// compiled is a schema in a validator that knows nothing of Leadrail but the
// formats of addresses in any script and of phone numbers.
func compiled(t testing.TB, schema *forms.JSONSchema) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiler.RegisterFormat(accepts("idn-email", models.Field{Type: models.FieldEmail}))
	compiler.RegisterFormat(accepts("phone", models.Field{Type: models.FieldTel}))
	text := encodedSchema(t, schema)
	for _, found := range regexp.MustCompile(`"phone-([A-Z]{2})"`).FindAllStringSubmatch(text, -1) {
		compiler.RegisterFormat(accepts("phone-"+found[1], models.Field{Type: models.FieldTel, Region: found[1]}))
	}
	require.NoError(t, compiler.AddResource("urn:form", decoded(t, schema)))
	out, err := compiler.Compile("urn:form")
	require.NoError(t, err, text)
	return out
}

func encodedSchema(t testing.TB, schema *forms.JSONSchema) string {
	t.Helper()
	text, err := json.MarshalIndent(schema, "", " ")
	require.NoError(t, err)
	return string(text)
}

// accepts is a format: the texts that a field takes.
func accepts(name string, field models.Field) *jsonschema.Format {
	field.Name, field.Validation.Required = "it", &models.Rule[bool]{Value: true}
	form := models.FormDefinition{Fields: []models.Field{field}}
	return &jsonschema.Format{Name: name, Validate: func(value any) error {
		if _, text := value.(string); !text {
			return nil
		}
		if _, problems := forms.Accept(form, forms.Answers{Data: map[string]any{"it": value}}); len(problems) > 0 {
			return errors.New(problems[0].Message)
		}
		return nil
	}}
}

// counts say what became of random data.
type counts struct{ accepted, refused, dropped int }

// requireSame asks both judges about data under signals: the schema takes exactly
// what Accept takes. And what is kept is taken by the schemas that know no signals.
func (c *counts) requireSame(t testing.TB, form judged, data map[string]any) {
	t.Helper()
	accepted, problems := forms.Accept(form.definition, forms.Answers{Data: data, Signals: form.signals})
	err := form.exact.Validate(decoded(t, data))
	if err == nil != (len(problems) == 0) {
		t.Fatalf("Accept says %v\nand the schema says %v\nof %v under %v\nfor %s", problems, err, data, form.signals,
			encodedSchema(t, forms.SchemaUnder(form.definition, form.signals)))
	}
	if err != nil {
		c.refused++
		return
	}
	c.accepted++
	if len(accepted.Data) < len(data) {
		c.dropped++
	}
	kept := decoded(t, accepted.Data)
	require.NoError(t, form.open.Validate(kept), "the schema without signals takes what is kept")
	require.NoError(t, form.arguments.Validate(kept), "a tool's arguments take what is kept")
}

// judged is a form with its schemas.
type judged struct {
	definition models.FormDefinition
	signals    map[string]any
	// exact knows the signals; open does not.
	exact, open, arguments *jsonschema.Schema
}

func judge(t testing.TB, definition models.FormDefinition, signals map[string]any) judged {
	t.Helper()
	return judged{
		definition, signals,
		compiled(t, forms.SchemaUnder(definition, signals)), compiled(t, forms.Schema(definition)), compiled(t, forms.Arguments(definition)),
	}
}

func TestTheSchemaTakesWhatAcceptTakes(t *testing.T) {
	t.Parallel()
	var seen counts
	for seed := range uint64(600) {
		m := newMaker(seed)
		form := judge(t, m.definition(), m.signals())
		for range 20 {
			seen.requireSame(t, form, m.data(form.definition))
		}
	}
	require.Greater(t, seen.accepted, 2000)
	require.Greater(t, seen.refused, 2000)
	require.Greater(t, seen.dropped, 1000, "values of hidden fields")
}

// FuzzSchema looks for forms and data that the schema and Accept do not agree on.
func FuzzSchema(f *testing.F) {
	f.Add(uint64(0), uint64(0))
	f.Fuzz(func(t *testing.T, formSeed, dataSeed uint64) {
		m := newMaker(formSeed)
		form := judge(t, m.definition(), m.signals())
		var seen counts
		seen.requireSame(t, form, newMaker(dataSeed).data(form.definition))
	})
}
