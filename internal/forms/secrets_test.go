package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
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
