package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// conditionalFields ask about a field before them, one after them, a signal,
// and one another.
const conditionalFields = `[
	{"name":"early","type":"text","visibleWhen":{"field":"plan","op":"eq","value":"pro"}},
	{"name":"plan","type":"select","options":[{"value":"free"},{"value":"pro"}]},
	{"name":"seats","type":"number","visibleWhen":{"field":"plan","op":"exists"},"validation":{"required":{"value":true}}},
	{"name":"day","type":"date","visibleWhen":{"field":"seats","op":"gte","value":20},"validation":{"required":{"value":true}}},
	{"name":"why","type":"text","visibleWhen":{"field":"signals.intent","op":"eq","value":"buy"}},
	{"name":"tools","type":"multiselect","options":[{"value":"api"},{"value":"crm"}]},
	{"name":"key","type":"text","visibleWhen":{"field":"tools","op":"contains","value":"api"}}]`

func TestHiddenValuesAreDroppedWithoutAWord(t *testing.T) {
	t.Parallel()
	form := definition(t, conditionalFields)
	for name, c := range map[string]struct{ data, signals, kept string }{
		"nothing hides what is shown":              {`{"early":"x","plan":"pro","seats":20,"day":"2026-11-22"}`, `{}`, `{"early":"x","plan":"pro","seats":20,"day":"2026-11-22"}`},
		"a field that asks about a later one":      {`{"early":"x","plan":"free","seats":1}`, `{}`, `{"plan":"free","seats":1}`},
		"a value that the field would refuse":      {`{"plan":"free","seats":1,"day":"tomorrow"}`, `{}`, `{"plan":"free","seats":1}`},
		"a value of another type":                  {`{"early":7,"key":{"a":[1]}}`, `{}`, `{}`},
		"a field behind a hidden one":              {`{"seats":50,"day":"2026-11-22"}`, `{}`, `{}`},
		"an answer that is empty hides what needs": {`{"plan":"","seats":50,"tools":[],"key":"x"}`, `{}`, `{}`},
		"a signal that is missing":                 {`{"why":"because"}`, `{}`, `{}`},
		"a signal that is there":                   {`{"why":"because"}`, `{"intent":"buy"}`, `{"why":"because"}`},
		"a choice among several":                   {`{"tools":["crm","api"],"key":"x"}`, `{}`, `{"tools":["crm","api"],"key":"x"}`},
		"another choice":                           {`{"tools":["crm"],"key":"x"}`, `{}`, `{"tools":["crm"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signals := object(t, c.signals)
			accepted := accept(t, form, forms.Answers{Data: object(t, c.data), Signals: signals})
			require.Equal(t, object(t, c.kept), accepted.Data)

			again := accept(t, form, forms.Answers{Data: accepted.Data, Signals: signals, Completed: accepted.Completed})
			require.Equal(t, accepted, again)
		})
	}
}

// everyType has, for each type, the rest of a field and a value that it takes.
func everyType() map[models.FieldType]struct{ rest, value string } {
	const options = `,"options":[{"value":"x"},{"value":"y"}]`
	return map[models.FieldType]struct{ rest, value string }{
		models.FieldText:        {``, `"x"`},
		models.FieldEmail:       {``, `"ada@example.com"`},
		models.FieldTel:         {``, `"+49 30 1234567"`},
		models.FieldTextarea:    {``, `"x\ny"`},
		models.FieldNumber:      {``, `0`},
		models.FieldSelect:      {options, `"y"`},
		models.FieldMultiselect: {options, `["y","x"]`},
		models.FieldDate:        {``, `"2026-11-24"`},
		models.FieldDatetime:    {``, `"2026-11-24T10:30"`},
		models.FieldFile:        {``, `"file_01jd9zk6r5e0cv3n8q2x4w7t1m"`},
		models.FieldImage:       {``, `"file_01jd9zk6r5e0cv3n8q2x4w7t1m"`},
	}
}

func TestEveryTypeHidesAndIsRequired(t *testing.T) {
	t.Parallel()
	types := everyType()
	for _, kind := range models.FieldTypes() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			require.Contains(t, types, kind)
			form := definition(t, `[{"name":"plan","type":"text"},{"name":"it","type":"`+string(kind)+`"`+types[kind].rest+`,
				"visibleWhen":{"field":"plan","op":"eq","value":"pro"},"validation":{"required":{"value":true}}}]`)
			for _, sent := range []string{types[kind].value, `{"no":"value"}`, `false`, `""`, `[]`, `null`} {
				kept := accept(t, form, forms.Answers{Data: object(t, `{"plan":"free","it":`+sent+`}`)})
				require.Equal(t, object(t, `{"plan":"free"}`), kept.Data, "hidden, it is dropped and not missed")
			}
			shown := object(t, `{"plan":"pro","it":`+types[kind].value+`}`)
			require.Equal(t, shown, accept(t, form, forms.Answers{Data: shown}).Data)
			for _, nothing := range []string{`""`, `[]`, `null`} {
				_, problems := forms.Accept(form, forms.Answers{Data: object(t, `{"plan":"pro","it":`+nothing+`}`)})
				require.Len(t, problems, 1)
				require.Equal(t, "required", problems[0].Code)
			}
		})
	}
}

func TestADefaultIsNotFilledIn(t *testing.T) {
	t.Parallel()
	form := definition(t, `[{"name":"plan","type":"text","defaultValue":"pro"},{"name":"must","type":"text","defaultValue":"x","validation":{"required":{"value":true}}}]`)
	_, problems := forms.Accept(form, forms.Answers{})
	require.Len(t, problems, 1)
	require.Equal(t, "formData.must", problems[0].Field)
	require.NotContains(t, accept(t, form, forms.Answers{Data: object(t, `{"must":"y"}`)}).Data, "plan")
}

func TestARequiredFieldIsRequiredWhileItIsShown(t *testing.T) {
	t.Parallel()
	form := definition(t, conditionalFields)
	require.Empty(t, accept(t, form, forms.Answers{}).Data)

	for data, field := range map[string]string{
		`{"plan":"free"}`:            "formData.seats",
		`{"plan":"free","seats":20}`: "formData.day",
	} {
		_, problems := forms.Accept(form, forms.Answers{Data: object(t, data)})
		require.Len(t, problems, 1)
		require.Equal(t, field, problems[0].Field)
		require.Equal(t, "required", problems[0].Code)
	}
}

func TestUnknownFieldsAreRefusedBesideHiddenOnes(t *testing.T) {
	t.Parallel()
	_, problems := forms.Accept(definition(t, conditionalFields), forms.Answers{Data: object(t, `{"day":"x","dya":"x"}`)})
	require.Len(t, problems, 1)
	require.Equal(t, "formData.dya", problems[0].Field)
}
