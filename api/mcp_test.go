package api_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
	"leadrail/workflows"
)

// aTalk is a form with rules, an action and fields of many kinds.
func aTalk() object {
	return object{
		"agentId": "agent_site", "name": "talk", "title": "Talk to sales", "description": "Show when the visitor asks for a price.",
		"successMessage": "Thanks!", "honeypot": "website", "fields": []object{
			{"name": "email", "label": "Work email", "type": "email", "validation": object{"required": object{"value": true}}},
			{"name": "seats", "label": "Seats", "type": "number", "validation": object{"min": object{"value": 1}}},
			{"name": "plan", "type": "select", "options": []object{{"label": "Free", "value": "free"}, {"label": "Pro", "value": "pro"}}, "defaultValue": "free"},
			{"name": "topics", "type": "multiselect", "options": []object{{"label": "Price", "value": "price"}, {"label": "Help", "value": "help"}}},
			{"name": "phone", "type": "tel", "visibleWhen": object{"field": "seats", "op": "gte", "value": 20}, "validation": object{"required": object{"value": true}}},
		},
		"webhook": object{"url": "https://crm.example.com/leads", "headers": object{"Authorization": "hidden"}},
		"qualification": object{
			"rules":         []object{{"name": "Wants to buy", "when": object{"field": "signals.intent", "op": "eq", "value": "buy"}, "points": 40}},
			"tiers":         []object{{"name": "warm", "min": 40}},
			"qualifiedFrom": 40,
		},
	}
}

func TestToolsAreListedByWhatAKeyMayUse(t *testing.T) {
	t.Parallel()
	s := newService(t)
	capture := []string{"capture_lead", "get_form", "list_forms", "qualify"}
	for name, c := range map[string]struct {
		key  object
		want []string
	}{
		"a key that submits":      {secretKey([]string{"submit"}), capture},
		"a key that reads":        {secretKey([]string{"read"}), []string{"submission_status"}},
		"a key that does both":    {secretKey([]string{"read", "submit"}), append(capture[:4:4], "submission_status")},
		"a key bound to an agent": {secretKey([]string{"submit", "events"}, "agent_site"), capture},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, key := s.key(t, c.key)
			require.Equal(t, c.want, toolsOf(t, s.connect(t, key, nil)))
		})
	}
	require.Len(t, toolsOf(t, s.connect(t, adminKey, nil)), 5)
}

func toolsOf(t *testing.T, client *mcp.ClientSession) (names []string) {
	t.Helper()
	listed, err := client.ListTools(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, "private", listed.CacheScope, "another key sees others")
	for _, tool := range listed.Tools {
		names = append(names, tool.Name)
	}
	return names
}

func TestAToolThatAKeyMayNotUseIsNotThere(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	lead := s.submit(t, object{"formId": form, "formData": object{"email": "a@b.example"}})
	_, submits := s.key(t, secretKey([]string{"submit"}))
	_, reads := s.key(t, secretKey([]string{"read"}))
	for tool, c := range map[string]struct {
		key       string
		arguments object
	}{
		"submission_status": {submits, object{"submissionId": lead}},
		"list_forms":        {reads, object{}},
		"get_form":          {reads, object{"formId": form}},
		"qualify":           {reads, object{"formId": form}},
		"capture_lead":      {reads, object{"formId": form, "formData": object{"email": "b@b.example"}}},
	} {
		_, err := s.connect(t, c.key, nil).CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: c.arguments})
		require.ErrorContains(t, err, "unknown tool", tool)
	}
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"], 1)
}

func TestToolsTellAModelWhatTheyDo(t *testing.T) {
	t.Parallel()
	client := newService(t).connect(t, adminKey, nil)
	require.Equal(t, "2026-07-28", client.InitializeResult().ProtocolVersion)
	require.Contains(t, client.InitializeResult().Instructions, "Never make answers up")
	listed, err := client.ListTools(t.Context(), nil)
	require.NoError(t, err)
	for _, tool := range listed.Tools {
		require.NotEmpty(t, tool.Title, tool.Name)
		require.Greater(t, len(tool.Description), 100, tool.Name)
		require.Equal(t, tool.Name != "capture_lead" && tool.Name != "qualify", tool.Annotations.ReadOnlyHint, tool.Name)
		require.Equal(t, tool.Name != "capture_lead", tool.Annotations.IdempotentHint, tool.Name)
		input := tool.InputSchema.(object)
		require.Equal(t, "object", input["type"], tool.Name)
		require.Equal(t, false, input["additionalProperties"], tool.Name)
		for name, property := range input["properties"].(object) {
			require.NotEmpty(t, property.(object)["description"], "%s of %s", name, tool.Name)
		}
	}
}

func TestAModelFindsAFormAndCapturesALead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	client := s.connect(t, adminKey, nil)

	listed := use(t, client, "list_forms", object{"agentId": "agent_site"})
	require.Equal(t, object{"forms": []any{object{
		"formId": form, "name": "talk", "title": "Talk to sales", "description": "Show when the visitor asks for a price.", "enabled": true,
	}}, "nextCursor": nil}, listed)

	got := use(t, client, "get_form", object{"formId": form})
	public := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form+"/public")
	require.Equal(t, "website", public["honeypot"])
	public["honeypot"] = ""
	require.Equal(t, public, got["form"], "what a page may see, without what a model must not fill in")
	require.Contains(t, got["formDataSchema"].(object)["properties"], "seats")

	require.Equal(t, object{
		"showForm": true, "reason": "qualified", "qualified": true, "score": 40.0, "tier": "warm",
		"reasons": []any{object{"rule": "Wants to buy", "points": 40.0}},
	}, use(t, client, "qualify", object{"formId": form, "signals": object{"intent": "buy"}, "formData": object{"seats": 3}}))

	lead := use(t, client, "capture_lead", object{
		"formId": form, "formData": object{"email": "a@b.example", "topics": []string{"price"}}, "conversationId": "conv_1", "signals": object{"intent": "buy"},
	})
	id := lead["submissionId"]
	require.Equal(t, object{"outcome": "captured", "message": "Thanks!", "submissionId": id, "status": "pending"}, lead)

	status := use(t, client, "submission_status", object{"submissionId": id})
	require.Equal(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+id.(string)), status, "as the route answers")
	require.Equal(t, "conv_1", status["conversationId"])
}

func TestAModelMayWaitForTheOutcome(t *testing.T) {
	t.Parallel()
	s := newService(t)
	start := s.runs.startCapture
	s.runs.startCapture = func(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) error {
		if err := start(ctx, in, labels); err != nil {
			return err
		}
		return s.store.Finalize(ctx, in.SubmissionID, in.RunSeq, models.Conclusion{}, s.clock())
	}
	form := s.create(t, aForm("contact_form"))
	lead := object{"formId": form, "formData": object{"email": "a@b.example"}, "waitSeconds": 10}
	require.Equal(t, "completed", use(t, s.connect(t, adminKey, nil), "capture_lead", lead)["status"])
}

func TestFormsComeInPages(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first, second := s.create(t, aForm("first")), s.create(t, aForm("second"))
	client := s.connect(t, adminKey, nil)
	page := use(t, client, "list_forms", object{"limit": 1})
	require.Equal(t, second, page["forms"].([]any)[0].(object)["formId"])
	rest := use(t, client, "list_forms", object{"limit": 1, "cursor": page["nextCursor"]})
	require.Equal(t, first, rest["forms"].([]any)[0].(object)["formId"])
	require.Nil(t, rest["nextCursor"])
}

func TestALeadThatGaveUpIsReadAsItIs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	lead := s.submit(t, object{"formId": form, "formData": object{"email": "a@b.example"}})
	s.failLead(t, lead)
	status := use(t, s.connect(t, adminKey, nil), "submission_status", object{"submissionId": lead})
	require.Equal(t, string(models.StatusFailed), status["status"])
	require.NotNil(t, status["failureReason"])
}
