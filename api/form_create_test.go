package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// richForm uses fields of every type, conditions, rules and all kinds of
// actions.
func richForm() object {
	return object{
		"agentId": "agent_site", "name": "demo_request", "title": "Book a demo", "description": "Show when the visitor asks for one.",
		"fields": []object{
			{"name": "email", "label": "Work email", "type": "email", "validation": object{"required": object{"value": true, "message": "Please"}}},
			{"name": "phone", "type": "tel", "validation": object{"maxLength": object{"value": 20}}},
			{"name": "company", "type": "text", "placeholder": "Example Ltd", "helpText": "As on the invoice"},
			{"name": "plan", "type": "select", "defaultValue": "pro", "options": []object{{"label": "Free", "value": "free"}, {"label": "Pro", "value": "pro"}}},
			{"name": "seats", "type": "number", "validation": object{"min": object{"value": 1}, "max": object{"value": 500.5}}},
			{"name": "tools", "type": "multiselect", "options": []object{{"label": "API", "value": "api"}, {"label": "CRM", "value": "crm"}}},
			{"name": "day", "type": "date", "visibleWhen": object{"all": []object{
				{"field": "seats", "op": "gte", "value": 20}, {"not": object{"field": "signals.urgent", "op": "eq", "value": true}},
			}}},
			{"name": "note", "type": "textarea", "visibleWhen": object{"any": []object{
				{"field": "tools", "op": "contains", "value": "api"}, {"field": "phone", "op": "exists", "value": false},
			}}},
		},
		"submitLabel": "Book", "successMessage": "On its way.", "errorMessage": "Try again.", "executionMode": "webhook",
		"webhook": object{"url": "https://crm.example.com/leads", "headers": object{"Authorization": "Bearer token"}},
		"postActions": []object{
			{"type": "email", "name": "hot", "to": []string{"Ann <ann@example.com>"}, "subject": "{{formName}}", "when": object{"field": "tier", "op": "eq", "value": "hot"}},
			{"type": "email", "toTeam": true, "to": nil, "retrySchedule": []string{}},
			{"url": "https://hooks.example.com/sheet", "response": "any", "enabled": false, "when": object{"field": "score", "op": "gte", "value": 40}},
			{"type": "slack", "webhookUrl": "https://hooks.slack.example.com/secret", "messageTemplate": "{{email}}"},
		},
		"qualification": object{
			"rules": []object{
				{"name": "Many seats", "when": object{"field": "seats", "op": "gte", "value": 100}, "points": 50},
				{"name": "Free mail", "when": object{"field": "email", "op": "matches", "value": `@mail\.example\.net$`}, "points": -10},
			},
			"tiers":         []object{{"name": "cold", "min": 0}, {"name": "hot", "min": 40}},
			"qualifiedFrom": 40,
		},
		"alertEmail": "ops@example.com",
	}
}

func TestAFormSurvivesReadingAndSendingBack(t *testing.T) {
	t.Parallel()
	s := newService(t)
	made := s.read(t, http.StatusCreated, http.MethodPost, "/v1/forms", sending(t, richForm()))
	path := "/v1/forms/" + made["id"].(string)
	read := s.call(t, http.MethodGet, path)
	require.Equal(t, `"1"`, read.Header().Get("ETag"))
	require.Empty(t, cmp.Diff(made, decoded(t, read)))

	answer := s.call(t, http.MethodPut, path, sending(t, made), with("If-Match", `"1"`))
	require.Equal(t, http.StatusOK, answer.Code, "%s", answer.Body)
	require.Equal(t, `"2"`, answer.Header().Get("ETag"))
	sent := decoded(t, answer)
	require.InDelta(t, 2, sent["version"], 0)
	for _, changed := range []string{"version", "updatedAt"} {
		delete(sent, changed)
		delete(made, changed)
	}
	require.Empty(t, cmp.Diff(made, sent))

	stale := s.read(t, http.StatusConflict, http.MethodPut, path, sending(t, made), with("If-Match", `"1"`))
	require.Equal(t, "version_mismatch", stale["code"])
}

func TestFormsShowNoSecret(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, richForm())
	for _, path := range []string{"/v1/forms", "/v1/forms/" + form, "/v1/forms/" + form + "/versions"} {
		answer := s.call(t, http.MethodGet, path)
		require.Equal(t, http.StatusOK, answer.Code)
		require.NotContains(t, answer.Body.String(), "Bearer token")
		require.NotContains(t, answer.Body.String(), "hooks.slack")
	}
	require.NotContains(t, s.log.String(), "Bearer token")
	require.NotContains(t, s.log.String(), "ann@example.com")
}

func TestVersionsShowDefinitions(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, richForm())
	next := aForm("demo_request")
	s.read(t, http.StatusOK, http.MethodPut, "/v1/forms/"+form, sending(t, next))
	versions := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form+"/versions")["data"].([]any)
	require.Len(t, versions, 2)
	newest := versions[0].(map[string]any)["definition"].(map[string]any)
	require.NotContains(t, newest, "qualification")
	first := versions[1].(map[string]any)["definition"].(map[string]any)
	require.Len(t, first["fields"], 8)
	require.Len(t, first["actions"], 5)
	require.Contains(t, first, "qualification")
}
