package forms_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

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
		{"name":"note","type":"textarea","validation":{"minLength":{"value":2}},"visibleWhen":{"field":"day","op":"lt","value":"2027-01-01"}}]`)
	f.Add(`{"email":"ada@example.com"}`, `{}`, `null`)
	f.Add(`{"email":"ada@example.com","phone":"+49 30 1","plan":"pro","seats":20,"day":"2026-11-22","note":"ab"}`, `{"tools":[1]}`, `["email","note"]`)
	f.Add(`{"email":"x@example.com","phone":7,"tools":["api","api"]}`, `{"intent":{"kind":"leave"},"tools":true}`, `["phone",""]`)
	f.Add(`{"email":"ada@bücher.example","plan":[],"seats":1e400,"day":null,"zip":{}}`, `{"intent":[]}`, `[]`)
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
