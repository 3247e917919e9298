package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// update changes a tool and returns the form that it is.
func (s *service) update(t *testing.T, id string, change object) object {
	t.Helper()
	s.read(t, http.StatusOK, http.MethodPut, "/tools/"+id, sending(t, change))
	return s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+id)
}

func TestAnUpdateKeepsWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := aForm("contact_form")
	form["honeypot"], form["minFillSeconds"] = "website", 2
	form["webhook"] = object{"url": "https://example.com/leads", "headers": object{"X-Token": "t"}, "retrySchedule": []string{"1m"}}
	form["postActions"] = []object{
		{"type": "webhook", "name": "crm", "url": "https://example.com/crm", "headers": object{"X-Token": "t"}, "when": object{"field": "email", "op": "exists"}},
		{"type": "slack", "webhookUrl": "https://hooks.slack.com/services/T0/B0/x"},
	}
	id := s.create(t, form)
	before := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+id)

	after := s.update(t, id, object{"description": "Show on demand."})
	want := without(before, "version", "updatedAt", "description")
	require.Equal(t, "Show on demand.", after["description"])
	require.Empty(t, cmp.Diff(want, without(after, "version", "updatedAt", "description")))

	shown := s.read(t, http.StatusOK, http.MethodGet, "/tools/"+id)
	after = s.update(t, id, shown)
	require.Empty(t, cmp.Diff(want, without(after, "version", "updatedAt", "description")), "a tool that was read can be sent back")

	after = s.update(t, id, object{"formWebhookUrl": "https://example.com/new", "formPostActions": []object{{"name": "crm", "url": "https://example.com/crm2"}}})
	own, crm := after["webhook"].(object), after["postActions"].([]any)[0].(object)
	require.Equal(t, "https://example.com/new", own["url"])
	require.Equal(t, []any{"1m"}, own["retrySchedule"])
	require.Equal(t, object{"X-Token": "••••••••"}, own["headers"])
	require.Equal(t, "https://example.com/crm2", crm["url"])
	require.NotEmpty(t, crm["when"])
	require.Len(t, after["postActions"], 1, "a list replaces the whole list")

	after = s.update(t, id, object{"formWebhookUrl": "", "formPostActions": []object{}})
	require.Nil(t, after["webhook"])
	require.Empty(t, after["postActions"])
}

func TestWhatAnExistingClientSendsInOtherWords(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.tool(t, `{
		"agentId": "agent_1", "name": "contact_form", "type": "form", "color": "red",
		"formSchema": {
			"title": "Talk to us", "description": "For visitors.", "submitButtonText": "Go", "showLabels": false,
			"fields": [{ "name": "email", "type": "email", "disabled": true, "hint": "?" }]
		},
		"formPostActions": [
			{ "type": "slack", "url": "https://hooks.slack.com/services/T0/B0/x", "messageTemplate": "{{email}}", "channel": "#leads" },
			{ "type": "email", "recipients": "sales@example.com, ann@example.com", "subject": "A lead", "template": "x" },
			{ "type": "email", "emails": ["ops@example.com"] },
			{ "type": "email", "to": ["bob@example.com"] },
			{ "url": "https://example.com/crm" }
		]
	}`)
	form := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+id)
	require.Equal(t, "Talk to us", form["title"])
	require.Equal(t, "For visitors.", form["description"])
	require.Equal(t, "Go", form["submitLabel"])
	require.Equal(t, true, form["enabled"])
	actions := form["postActions"].([]any)
	require.Equal(t, "••••••••", actions[0].(object)["webhookUrl"])
	require.Equal(t, []any{"sales@example.com", "ann@example.com"}, actions[1].(object)["to"])
	require.Equal(t, "A lead", actions[1].(object)["subject"])
	require.Equal(t, []any{"ops@example.com"}, actions[2].(object)["to"])
	require.Equal(t, []any{"bob@example.com"}, actions[3].(object)["to"])
	require.Equal(t, "webhook", actions[4].(object)["type"])
}

func TestTheModesOfATool(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.tool(t, `{ "agentId": "agent_1", "name": "book", "formSchema": { "fields": [{ "name": "email", "type": "email" }] }, "formWebhookUrl": "https://example.com/leads", "formExecutionMode": "both" }`)
	both := s.read(t, http.StatusOK, http.MethodGet, "/tools/"+id)
	require.Equal(t, "book", both["clientHandler"], "a handler of the tool's name")
	require.Equal(t, "https://example.com/leads", both["formWebhookUrl"])
	client := s.update(t, id, object{"formExecutionMode": "client", "clientHandler": "app.book"})
	require.Equal(t, "app.book", client["clientHandler"])
	require.Nil(t, client["webhook"], "nobody would call it")
	require.Nil(t, s.update(t, id, object{"formExecutionMode": "webhook"})["clientHandler"])
	s.read(t, http.StatusBadRequest, http.MethodPut, "/tools/"+id, sending(t, object{"formExecutionMode": "server"}))
}

func TestAllToolsOfAnAgentAreListed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const many = 201 // a page of forms and one more
	for i := range many {
		form := aForm("form_" + string(rune('a'+i/26)) + string(rune('a'+i%26)))
		s.create(t, form)
	}
	s.create(t, shopForm("another_agents"))
	limits := s.read(t, http.StatusOK, http.MethodGet, "/tools/limits?agentId=agent_site")
	require.InDelta(t, many, limits["current"], 0)
}

func TestChangesOfToolsAreInTheAudit(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.tool(t, aTool)
	s.update(t, id, object{"isEnabled": false})
	s.read(t, http.StatusOK, http.MethodDelete, "/tools/"+id)
	var done []any
	for _, line := range s.read(t, http.StatusOK, http.MethodGet, "/v1/audit?target="+id)["data"].([]any) {
		done = append(done, line.(object)["action"])
	}
	require.Equal(t, []any{"form.delete", "form.replace", "form.create"}, done)
}
