package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestAnActionThatComesBackKeepsItsSecrets(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	form := create(t, s, withActions(crm))
	replace(t, s, form.ID, withActions(``))
	replace(t, s, form.ID, withActions(`{"name":"crm","url":"https://crm.example.com","headers":{"X-Key":"••••••••"}}`))
	record, err := db.Form(t.Context(), form.ID)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"crm": `{"X-Key":"secret"}`}, headersOf(t, s, record))
}

func TestMasksKeepAndValuesReplace(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	form := create(t, s, withActions(`{"name":"crm","url":"https://crm.example.com","headers":{"X-A":"1","X-B":"2","X-C":"3"}}`))
	replace(t, s, form.ID, withActions(`{"name":"crm","url":"https://crm.example.com","headers":{"X-A":"••••••••","X-B":"new","X-D":"4"}}`))
	record, err := db.Form(t.Context(), form.ID)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"crm": `{"X-A":"1","X-B":"new","X-D":"4"}`}, headersOf(t, s, record))

	_, err = s.ReplaceForm(t.Context(), forms.ReplaceInput{
		Ref: forms.Ref{ID: form.ID}, Input: inputOf(t, withActions(`{"name":"crm","url":"https://crm.example.com","headers":{"X-C":"••••••••"}}`)),
	})
	require.Equal(t, []models.FieldError{{
		Field: "postActions[0].headers.X-C", Code: "masked", Message: "No value is stored for this header: send one.",
	}}, problemsOf(t, err))
}

func TestAMaskInANewFormKeepsNothing(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	_, err := s.CreateForm(t.Context(), inputOf(t, withActions(`{"url":"https://crm.example.com","headers":{"X-B":"••••••••","X-A":"••••••••"}}`)))
	require.Equal(t, "postActions[0].headers.X-A", problemsOf(t, err)[0].Field)
}

func TestSecretsOfAnotherKeyAreAnErrorOfOurs(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	form := create(t, s, withActions(crm))
	other := newServiceOn(t, db)
	_, err := other.Form(t.Context(), forms.Ref{ID: form.ID})
	require.Equal(t, models.CodeInternal, models.CodeOf(err))
	_, err = other.Forms(t.Context(), forms.ListInput{})
	require.Equal(t, models.CodeInternal, models.CodeOf(err))
	_, err = other.ReplaceForm(t.Context(), forms.ReplaceInput{Ref: forms.Ref{ID: form.ID}, Input: inputOf(t, withActions(crm))})
	require.Equal(t, models.CodeInternal, models.CodeOf(err))
}

// slackURL opens the URL that is stored of the form's Slack action.
func slackURL(t *testing.T, s *forms.Service, db *store.Store, form string) string {
	t.Helper()
	record, err := db.Form(t.Context(), form)
	require.NoError(t, err)
	require.Len(t, record.Destinations, 1)
	require.Empty(t, record.Destinations[0].URL)
	plain, err := s.Sealer.Open(record.Destinations[0].SealedURL, record.Destinations[0].ActionID)
	require.NoError(t, err)
	return string(plain)
}

func TestTheURLOfSlackIsASecret(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	form := create(t, s, withActions(chat))
	require.Equal(t, forms.Mask, form.PostActions[0].WebhookURL)
	require.Equal(t, "{{email}}", form.PostActions[0].MessageTemplate)
	require.NotContains(t, encoded(t, form), "hooks.slack")
	require.Equal(t, "https://hooks.slack.example.com/services/T1/B2/secret", slackURL(t, s, db, form.ID))

	kept := replace(t, s, form.ID, encoded(t, form))
	require.Equal(t, form.PostActions, kept.PostActions)
	require.Equal(t, "https://hooks.slack.example.com/services/T1/B2/secret", slackURL(t, s, db, form.ID), "the mask keeps it")

	replace(t, s, form.ID, withActions(`{"type":"slack","name":"chat","webhookUrl":"https://hooks.slack.example.com/services/new"}`))
	require.Equal(t, "https://hooks.slack.example.com/services/new", slackURL(t, s, db, form.ID))
}
