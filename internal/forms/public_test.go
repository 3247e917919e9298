package forms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
)

func TestWhatAPageMaySee(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	const fields = `[{"name":"email","label":"E-mail","type":"email","placeholder":"you@example.com","helpText":"At work","defaultValue":"a@b.example",
		"validation":{"required":{"value":true,"message":"Please!"}}},
		{"name":"plan","type":"select","options":[{"label":"Pro","value":"pro"}],"visibleWhen":{"field":"signals.intent","op":"eq","value":"buy"}}]`
	view := create(t, s, `{"agentId":"agent_site","name":"contact","title":"Talk to us","description":"Show it.","fields":`+fields+`,
		"submitLabel":"Send","successMessage":"Thanks!","errorMessage":"Oh no.","honeypot":"website","minFillSeconds":3,"enabled":false,"alertEmail":"ops@example.com",
		"webhook":{"url":"https://crm.example.com/leads","headers":{"Authorization":"secret"}},
		"postActions":[{"type":"slack","webhookUrl":"https://hooks.example.com/x"},{"type":"email","to":["sales@example.com"]}],
		"qualification":{"rules":[{"name":"Pro","when":{"field":"plan","op":"eq","value":"pro"},"points":40}]}}`)
	public, err := s.PublicForm(t.Context(), forms.Ref{ID: view.ID})
	require.NoError(t, err)
	want := object(t, `{"name":"contact","title":"Talk to us","description":"Show it.","fields":`+fields+`,
		"submitLabel":"Send","successMessage":"Thanks!","errorMessage":"Oh no.","honeypot":"website","executionMode":"webhook","clientHandler":null,"enabled":false}`)
	want["id"] = view.ID
	require.Empty(t, cmp.Diff(want, object(t, encoded(t, public))), "this, and nothing else")
}
