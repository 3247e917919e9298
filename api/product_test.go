package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
	"leadrail/workflows"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares an answer with a file of testdata/product. Ids and times are those
// of no day: they differ from run to run.
func golden(t *testing.T, name string, answer []byte) {
	t.Helper()
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, answer, "", "  "))
	for pattern, instead := range map[string]string{
		`"(form|sub|act|dlv)_[0-9a-z]{26}"`:        `"${1}_1"`,
		`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`: `"2026-11-22T09:30:00.000Z"`,
		`"clientToken": "[^"]+"`:                   `"clientToken": "token"`,
		`"avgCompletionTimeMs": \d+`:               `"avgCompletionTimeMs": 1`,
	} {
		replaced := regexp.MustCompile(pattern).ReplaceAll(pretty.Bytes(), []byte(instead))
		pretty.Reset()
		pretty.Write(replaced)
	}
	path := filepath.Join("testdata", "product", name+".json")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, append(pretty.Bytes(), '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(string(want)), strings.TrimSpace(pretty.String()))
}

// exchange sends a request as the documentation of the product has it, and compares
// the answer with the golden file of its name.
func (s *service) exchange(t *testing.T, name string, status int, request, body string, options ...option) object {
	t.Helper()
	method, target, _ := strings.Cut(request, " ")
	if body != "" {
		options = append(options, sending(t, body))
	}
	answer := s.call(t, method, target, options...)
	require.Equal(t, status, answer.Code, "%s", answer.Body)
	require.Contains(t, answer.Header().Get("Content-Type"), "application/json")
	golden(t, name, answer.Body.Bytes())
	var value object
	if answer.Body.Bytes()[0] == '{' {
		value = decoded(t, answer)
	}
	return value
}

// aTool is a tool in the first spelling, with every post-action.
const aTool = `{
	"agentId": "agent_1", "name": "contact_form", "description": "Show when the visitor wants to be called.",
	"executionType": "form", "inputSchema": { "type": "object", "properties": {} },
	"formSchema": {
		"fields": [
			{ "name": "email", "label": "Email", "type": "email", "placeholder": "you@example.com", "disabled": false,
			  "validation": { "required": { "value": true, "message": "We need it." } } },
			{ "name": "seats", "label": "Seats", "type": "number",
			  "validation": { "min": { "value": 1, "message": "At least one." }, "max": { "value": 100, "message": "At most 100." } } },
			{ "name": "plan", "label": "Plan", "type": "select", "options": [{ "label": "Pro", "value": "pro" }] },
			{ "name": "document", "label": "Document", "type": "file" }
		],
		"submitLabel": "Send", "successMessage": "Thanks!", "errorMessage": "Try again.", "showLabels": true
	},
	"formPostActions": [
		{ "type": "webhook", "url": "https://example.com/crm", "headers": { "Authorization": "Bearer secret" } },
		{ "type": "slack", "webhookUrl": "https://hooks.slack.com/services/T0/B0/x", "messageTemplate": "*New Lead* {{name}} {{email}}" },
		{ "type": "email" }
	],
	"isEnabled": true
}`

// finishing makes every lead end as soon as it is accepted, its deliveries with a
// verdict by their actions' names.
func (s *service) finishing(verdicts map[string]models.Verdict) {
	begin := s.runs.startCapture
	s.runs.startCapture = func(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) error {
		if err := begin(ctx, in, labels); err != nil {
			return err
		}
		lead, err := s.store.Submission(ctx, in.SubmissionID)
		if err != nil {
			return err
		}
		var conclusion models.Conclusion
		for _, delivery := range lead.Deliveries {
			conclusion.Outcomes = append(conclusion.Outcomes, models.DeliveryOutcome{
				DeliveryID: delivery.ID, Label: delivery.ActionName, Attempts: 1, Verdict: verdicts[delivery.ActionName],
			})
		}
		return s.store.Finalize(ctx, in.SubmissionID, in.RunSeq, conclusion, s.clock())
	}
}

func (s *service) tool(t *testing.T, tool string) string {
	t.Helper()
	return s.read(t, http.StatusCreated, http.MethodPost, "/tools", sending(t, tool))["id"].(string)
}

func TestToolsAsTheProductDocumentsThem(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.exchange(t, "tool_created", http.StatusCreated, "POST /tools", aTool)["id"].(string)
	s.exchange(t, "tools", http.StatusOK, "GET /tools?agentId=agent_1", "")
	s.exchange(t, "tool", http.StatusOK, "GET /tools/"+id, "")
	s.exchange(t, "tool_limits", http.StatusOK, "GET /tools/limits?agentId=agent_1", "")
	s.exchange(t, "tool_updated", http.StatusOK, "PUT /tools/"+id, `{ "description": "Show on demand.", "isEnabled": false }`)
	s.exchange(t, "tool_deleted", http.StatusOK, "DELETE /tools/"+id, "")
	s.exchange(t, "tool_not_found", http.StatusNotFound, "GET /tools/"+id, "")
}

func TestAToolInTheOtherSpelling(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.exchange(t, "tool_other_spelling", http.StatusCreated, "POST /tools", `{
		"agentId": "agent_1", "type": "form", "name": "book_demo", "description": "Show when the visitor asks for a demo.",
		"formFieldsSchema": [{ "name": "email", "label": "Email", "type": "email" }],
		"formSchema": { "submitButtonText": "Book" },
		"formWebhookUrl": "https://example.com/webhook", "formExecutionMode": "webhook"
	}`)
}

func TestASubmissionAsTheProductDocumentsIt(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.finishing(map[string]models.Verdict{
		"webhook": {Outcome: models.OutcomeDelivered}, "webhook_1": {Outcome: models.OutcomeDelivered},
		"slack_2": {Outcome: models.OutcomeDelivered}, "email_3": {Outcome: models.OutcomeGiveUp, Code: models.ErrorNoRecipient, Message: "nobody to send to"},
	})
	id := s.tool(t, strings.Replace(aTool, `"isEnabled": true`, `"formWebhookUrl": "https://example.com/webhook", "isEnabled": true`, 1))
	submitted := s.exchange(t, "submitted", http.StatusOK, "POST /form-submissions/submit", `{
		"toolId": "`+id+`", "conversationId": "conv_1",
		"formData": { "email": "ada@example.com", "seats": 3, "document": "data:application/pdf;base64,JVBERi0xLjQK" },
		"fieldsCompleted": ["email", "seats", "document"], "impressionAt": 1795339780000, "startedAt": 1795339790000
	}`)
	lead := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+submitted["submissionId"].(string))
	require.Equal(t, "conv_1", lead["conversationId"])
	require.Equal(t, "application/pdf", lead["files"].([]any)[0].(object)["contentType"])
	s.exchange(t, "analytics", http.StatusOK, "GET /form-submissions/analytics?agentId=agent_1", "")
}

func TestConversationsAsTheProductDocumentsThem(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, conversation := range []string{"conv_1", "conv_2", "conv_3"} {
		s.read(t, http.StatusOK, http.MethodPut, "/v1/conversations/"+conversation, sending(t, object{
			"agentId": "agent_1", "title": "A price", "messages": []object{
				{"id": "msg_a", "role": "user", "content": "What does it cost?", "createdAt": "2026-11-22T09:30:00.000Z"},
				{"role": "assistant", "content": "Shall we call you?"},
			},
		}))
	}
	s.exchange(t, "conversations", http.StatusOK, "GET /conversations?agentId=agent_1&limit=1&offset=1", "")
	s.exchange(t, "conversation", http.StatusOK, "GET /conversations/conv_2", "")
	all := s.read(t, http.StatusOK, http.MethodGet, "/conversations?agentId=agent_1&limit=1000&offset=-1")
	require.Len(t, all["data"], 3)
	require.Equal(t, object{"total": 3.0, "limit": 100.0, "offset": 0.0}, all["pagination"])
	require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/conversations?agentId=agent_1&offset=3")["data"])
}

// docs/compatibility.md says that these are not served.
func TestWhatOfTheProductIsNotServed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for request, status := range map[string]int{
		"DELETE /conversations/conv_1":        http.StatusMethodNotAllowed,
		"POST /conversations/conv_1/feedback": http.StatusNotFound,
		"POST /conversations/conv_1/escalate": http.StatusNotFound,
	} {
		method, path, _ := strings.Cut(request, " ")
		s.read(t, status, method, path)
	}
}

func TestAConversationOfSeveralAgentsNeedsItsAgent(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, agent := range []string{"agent_1", "agent_2"} {
		s.read(t, http.StatusOK, http.MethodPut, "/v1/conversations/conv_1", sending(t, object{"agentId": agent, "title": agent}))
	}
	code, _ := saidOf(s.read(t, http.StatusConflict, http.MethodGet, "/conversations/conv_1"))
	require.Equal(t, "ambiguous_conversation", code)
	found := s.read(t, http.StatusOK, http.MethodGet, "/conversations/conv_1?agentId=agent_2")
	require.Equal(t, "agent_2", found["data"].(object)["title"])
}

func TestRefusalsInTheShapeOfTheProduct(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.tool(t, aTool)
	s.exchange(t, "unauthorized", http.StatusUnauthorized, "GET /tools?agentId=agent_1", "", withoutKey())
	s.exchange(t, "agent_missing", http.StatusBadRequest, "GET /tools", "")
	s.exchange(t, "submit_invalid", http.StatusBadRequest, "POST /form-submissions/submit", `{ "toolId": "`+id+`", "formData": { "seats": 0 } }`)
	s.exchange(t, "submit_not_found", http.StatusNotFound, "POST /form-submissions/submit", `{ "toolId": "form_none", "formData": {} }`)
	s.exchange(t, "submit_no_json", http.StatusBadRequest, "POST /form-submissions/submit", `{`)
	s.exchange(t, "tool_unsupported", http.StatusBadRequest, "POST /tools", `{ "agentId": "agent_1", "name": "lookup", "executionType": "http" }`)
	s.exchange(t, "tool_name_taken", http.StatusConflict, "POST /tools", aTool)
}
