package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// privateForm has a word with "secret" in, or one of the private numbers, wherever a
// form has something that is nobody's business.
const privateForm = `{"agentId":"agent_secret","name":"contact","title":"Talk to us","description":"Show it.","honeypot":"secret_trap","minFillSeconds":3,
	"fields":[{"name":"email","type":"email","validation":{"required":{"value":true,"message":"Please!"}}},{"name":"budget","type":"number"}],
	"successMessage":"Thanks!","alertEmail":"secret-ops@example.com",
	"webhook":{"url":"https://crm.example.com/secret","headers":{"X-Secret":"secret"},"retrySchedule":["7919s"],"when":{"field":"email","op":"contains","value":"secret-when"}},
	"postActions":[
		{"type":"slack","name":"secret_slack","webhookUrl":"https://hooks.example.com/secret","messageTemplate":"secret {{email}}"},
		{"type":"email","name":"secret_mail","to":["secret@example.com"],"subject":"secret"}],
	"qualification":{"qualifiedFrom":6131,
		"rules":[{"name":"The secret rule","when":{"field":"budget","op":"gte","value":7919},"points":7907}],
		"tiers":[{"name":"secret_tier","min":6133},{"name":"cold","min":0}]}}`

func TestAToolTellsNothingPrivate(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, privateForm)
	require.Contains(t, encoded(t, form), "7907", "the owner sees the rules")
	for _, format := range forms.ToolFormats() {
		view, err := s.Tool(t.Context(), forms.ToolRef{ID: form.ID, Format: format})
		require.NoError(t, err)
		text := encoded(t, view)
		require.Contains(t, text, "budget")
		for _, private := range []string{"secret", "Secret", "hooks", "crm", "cold", "7919", "7907", "6131", "6133"} {
			require.NotContains(t, text, private, format)
		}
	}
}

func TestAToolIsOfTheNewestVersion(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, `{"agentId":"a","name":"contact","fields":[{"name":"email","type":"email"}],"enabled":false}`)
	replace(t, s, form.ID, `{"agentId":"a","name":"contact","fields":[{"name":"phone","type":"tel"}],"enabled":false}`)
	view, err := s.Tool(t.Context(), forms.ToolRef{ID: form.ID})
	require.NoError(t, err)
	require.Equal(t, form.ID, view.FormID)
	require.Equal(t, 2, view.FormVersion)
	require.Equal(t, forms.ToolJSONSchema, view.Format, "which is the default")
	require.Contains(t, encoded(t, view.Tool), `"phone"`)
	require.Contains(t, encoded(t, view.Tool), `"$id":"urn:leadrail:form:`+form.ID+`"`)
	require.NotContains(t, encoded(t, view.Tool), `"email"`)
}

func TestToolRefusals(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	form := create(t, s, `{"agentId":"a","name":"contact","fields":[{"name":"email","type":"email"}]}`)
	_, err := s.Tool(t.Context(), forms.ToolRef{ID: form.ID, Format: "yaml"})
	require.Equal(t, []models.FieldError{{
		Field: "format", Code: "unsupported", Message: "The format is one of openai, openai-responses, anthropic, mcp, jsonschema.",
	}}, problemsOf(t, err))
	_, err = s.Tool(t.Context(), forms.ToolRef{ID: "form_none"})
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	bound := models.WithPrincipal(t.Context(), models.Principal{AgentIDs: []string{"b"}})
	_, err = s.Tool(bound, forms.ToolRef{ID: form.ID})
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
}
