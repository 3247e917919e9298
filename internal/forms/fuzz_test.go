package forms_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// FuzzValue asks any field about any value: nothing panics; a value that is taken
// is taken again, also after it was stored as JSON, and is what the field's type
// says.
func FuzzValue(f *testing.F) {
	for kind, field := range everyType() {
		f.Add(`{"name":"it","type":"`+string(kind)+`"`+field.rest+`}`, field.value)
		f.Add(`{"name":"it","type":"`+string(kind)+`"`+field.rest+`,"validation":{"required":{"value":true}}}`, `" "`)
	}
	f.Add(`{"name":"it","type":"text","validation":{"pattern":{"value":"(?i)[a-z]+|\\d{2}"},"minLength":{"value":1},"maxLength":{"value":9}}}`, `"aB"`)
	f.Add(`{"name":"it","type":"tel","region":"DE"}`, `"0049 (0) 30 1234567"`)
	f.Add(`{"name":"it","type":"tel","region":"US","validation":{"pattern":{"value":".*0100"}}}`, `"(202) 555-0100"`)
	f.Add(`{"name":"it","type":"number","validation":{"min":{"value":-1e3},"max":{"value":1e3}}}`, `1e400`)
	f.Add(`{"name":"it","type":"datetime"}`, `"2026-11-24T10:30:00.5+05:30"`)
	f.Add(`{"name":"it","type":"email","defaultValue":"a@b.example"}`, `"ada@bücher.example"`)
	f.Fuzz(func(t *testing.T, text, value string) {
		var field models.Field
		if json.Unmarshal([]byte(text), &field) != nil {
			return
		}
		sound := len(forms.CheckFields([]models.Field{field})) == 0
		data, err := models.Document(`{` + quoted(field.Name) + `:` + value + `}`).Object()
		if err != nil || len(data) != 1 {
			return
		}
		form := models.FormDefinition{Fields: []models.Field{field}}
		accepted, problems := forms.Accept(form, forms.Answers{Data: data})
		if len(problems) > 0 || !sound {
			return
		}
		stored, err := models.NewDocument(accepted.Data)
		require.NoError(t, err)
		read, err := stored.Object()
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(accepted.Data, read))
		again, problems := forms.Accept(form, forms.Answers{Data: read})
		require.Empty(t, problems)
		require.Empty(t, cmp.Diff(accepted, again))
		field.DefaultValue = accepted.Data[field.Name]
		for _, problem := range forms.CheckFields([]models.Field{field}) {
			require.Equal(t, "invalid", problem.Code, "what is taken may be the default, unless it has U+0000: %v", problem)
		}
	})
}

// FuzzAccept fills in a form with whatever there is: it never panics, what it
// keeps is accepted again unchanged, and every field with a problem is one of
// the form's or named as unknown.
func FuzzAccept(f *testing.F) {
	form := definition(f, `[
		{"name":"email","type":"email","validation":{"required":{"value":true}}},
		{"name":"phone","type":"tel","validation":{"maxLength":{"value":20}},"visibleWhen":{"not":{"field":"email","op":"contains","value":"x"}}},
		{"name":"plan","type":"select","options":[{"value":"free"},{"value":"pro"}],"visibleWhen":{"field":"signals.intent.kind","op":"ne","value":"leave"}},
		{"name":"seats","type":"number","validation":{"min":{"value":-1},"max":{"value":1000}},"visibleWhen":{"field":"plan","op":"in","value":["pro"]}},
		{"name":"day","type":"date","visibleWhen":{"any":[{"field":"seats","op":"gte","value":20},{"field":"tools","op":"contains","value":"api"}]}},
		{"name":"tools","type":"multiselect","options":[{"value":"api"},{"value":"crm"}],"validation":{"required":{"value":true}},"visibleWhen":{"field":"signals.tools","op":"exists"}},
		{"name":"note","type":"textarea","validation":{"minLength":{"value":2}},"visibleWhen":{"field":"day","op":"lt","value":"2027-01-01"}},
		{"name":"at","type":"datetime","visibleWhen":{"field":"cv","op":"exists"}},
		{"name":"cv","type":"file","visibleWhen":{"field":"plan","op":"ne","value":"free"}},
		{"name":"code","type":"text","validation":{"pattern":{"value":"[A-Z]{2}\\d+"},"required":{"value":true}},"visibleWhen":{"field":"plan","op":"matches","value":"^p"}}]`)
	f.Add(`{"email":"ada@example.com"}`, `{}`, `null`)
	f.Add(`{"email":"ada@example.com","phone":"+49 30 1234567","plan":"pro","seats":20,"day":"2026-11-22","note":"ab"}`, `{"tools":[1]}`, `["email","note"]`)
	f.Add(`{"email":"x@example.com","phone":7,"tools":["api","api"]}`, `{"intent":{"kind":"leave"},"tools":true}`, `["phone",""]`)
	f.Add(`{"email":"ada@bücher.example","plan":[],"seats":1e400,"day":null,"zip":{}}`, `{"intent":[]}`, `[]`)
	f.Add(`{"email":"ada@example.com","plan":"pro","code":"AB1","at":"2026-11-25T10:30","cv":"file_01jd9zk6r5e0cv3n8q2x4w7t1m"}`, `{}`, `null`)
	f.Fuzz(func(t *testing.T, data, signals, completed string) {
		answers, ok := answersOf(data, signals, completed)
		if !ok {
			return
		}
		accepted, problems := forms.Accept(form, answers)
		require.NotNil(t, accepted.Data)
		require.NotNil(t, accepted.Completed)
		for _, problem := range problems {
			require.NotEmpty(t, problem.Field)
			require.NotEmpty(t, problem.Code)
			require.NotEmpty(t, problem.Message)
		}
		if len(problems) > 0 {
			return
		}
		for name, value := range accepted.Data {
			require.Empty(t, cmp.Diff(answers.Data[name], value))
		}
		again, problems := forms.Accept(form, forms.Answers{Data: accepted.Data, Signals: answers.Signals, Completed: accepted.Completed})
		require.Empty(t, problems)
		require.Empty(t, cmp.Diff(accepted, again))
	})
}

// answersOf decodes answers as a lead's are.
func answersOf(data, signals, completed string) (forms.Answers, bool) {
	var answers forms.Answers
	var err error
	if answers.Data, err = models.Document(data).Object(); err != nil {
		return answers, false
	}
	if answers.Signals, err = models.Document(signals).Object(); err != nil {
		return answers, false
	}
	return answers, json.Unmarshal([]byte(completed), &answers.Completed) == nil
}
