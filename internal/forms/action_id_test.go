package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
)

// withActions is a form with these actions.
func withActions(list string) string {
	return `{"agentId":"agent_site","name":"contact_form","fields":[{"name":"email","type":"email"}],"postActions":[` + list + `]}`
}

const (
	crm    = `{"name":"crm","url":"https://crm.example.com","headers":{"X-Key":"secret"}}`
	sheet  = `{"name":"sheet","url":"https://sheet.example.com"}`
	notify = `{"type":"email","name":"notify","to":["sales@example.com"]}`
	chat   = `{"type":"slack","name":"chat","webhookUrl":"https://hooks.slack.example.com/services/T1/B2/secret","messageTemplate":"{{email}}"}`
)

// idsOf lists the ids of all actions by name.
func idsOf(view forms.View) map[string]string {
	ids := map[string]string{}
	for _, action := range view.PostActions {
		ids[action.Name] = action.ID
	}
	if view.Webhook != nil {
		ids[view.Webhook.Name] = view.Webhook.ID
	}
	return ids
}

func TestActionsKeepTheirIDByName(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	first := create(t, s, withActions(crm+","+notify))
	ids := idsOf(first)
	require.NotEqual(t, ids["crm"], ids["notify"])

	second := idsOf(replace(t, s, first.ID, withActions(sheet+","+notify+","+crm)))
	require.Equal(t, ids["crm"], second["crm"])
	require.Equal(t, ids["notify"], second["notify"])
	require.NotContains(t, []string{ids["crm"], ids["notify"]}, second["sheet"])

	moved := `{"name":"crm","url":"https://new.example.com","response":"any"}`
	require.Equal(t, ids["crm"], idsOf(replace(t, s, first.ID, withActions(moved)))["crm"])
	require.Empty(t, idsOf(replace(t, s, first.ID, withActions(``))))
	require.Equal(t, second, idsOf(replace(t, s, first.ID, withActions(sheet+","+notify+","+moved))))
}

func TestActionIDsAreOfOneForm(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	one := create(t, s, withActions(crm))
	other := inputOf(t, withActions(crm))
	other.Name = "other_form"
	two, err := s.CreateForm(t.Context(), other)
	require.NoError(t, err)
	require.NotEqual(t, idsOf(one)["crm"], idsOf(two)["crm"])
}

func TestAnActionKeepsItsType(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, withActions(crm+","+notify+","+chat))
	for _, list := range []string{
		`{"type":"email","name":"crm","to":["crm@example.com"]}`,
		`{"type":"email","name":"crm","toTeam":true}`,
		`{"name":"notify","url":"https://notify.example.com"}`,
		`{"type":"slack","name":"crm","webhookUrl":"https://hooks.slack.example.com"}`,
		`{"name":"chat","url":"https://hooks.slack.example.com"}`,
	} {
		for range 2 { // in the form, and removed from it
			_, err := s.ReplaceForm(t.Context(), forms.ReplaceInput{Ref: forms.Ref{ID: form.ID}, Input: inputOf(t, withActions(list))})
			problems := problemsOf(t, err)
			require.Len(t, problems, 1)
			require.Equal(t, "postActions[0].name", problems[0].Field)
			require.Equal(t, "taken", problems[0].Code)
			replace(t, s, form.ID, withActions(sheet))
		}
	}
}

func TestAnActionThatSwitchedItselfOffSaysWhy(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	form := create(t, s, withActions(crm))
	require.NoError(t, db.DisableDestination(t.Context(), idsOf(form)["crm"], "The endpoint is gone.", form.CreatedAt.Time))
	off, err := s.Form(t.Context(), forms.Ref{ID: form.ID})
	require.NoError(t, err)
	require.False(t, off.PostActions[0].Enabled)
	require.Equal(t, "The endpoint is gone.", off.PostActions[0].DisabledReason)

	kept := replace(t, s, form.ID, encoded(t, off))
	require.Equal(t, off.PostActions, kept.PostActions)
	on := replace(t, s, form.ID, withActions(crm))
	require.True(t, on.PostActions[0].Enabled)
	require.Empty(t, on.PostActions[0].DisabledReason)
}
