package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
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
