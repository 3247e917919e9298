package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"

	"leadrail/workflows"
)

func TestAModelLearnsWhatIsWrongWithItsCall(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	off := aForm("off")
	off["enabled"] = false
	closed := s.create(t, off)
	client := s.connect(t, adminKey, nil)
	for name, c := range map[string]struct {
		tool, code string
		arguments  any
		problems   []string
	}{
		"a list with a misspelt filter":  {"list_forms", "unknown_field", object{"agentID": "agent_site"}, []string{"agentID unknown_field"}},
		"a list that is too long":        {"list_forms", "invalid", object{"limit": 201}, []string{"limit range"}},
		"a list from nowhere":            {"list_forms", "invalid", object{"cursor": "?"}, []string{"cursor invalid"}},
		"no form":                        {"get_form", "not_found", nil, nil},
		"an unknown form":                {"get_form", "not_found", object{"formId": "form_none"}, nil},
		"a form that is no text":         {"get_form", "invalid", object{"formId": 7}, []string{"formId type"}},
		"arguments that are a list":      {"get_form", "malformed", json.RawMessage(`[]`), nil},
		"a question about no form":       {"qualify", "not_found", object{"formId": "form_none"}, nil},
		"a question with wrong answers":  {"qualify", "invalid", object{"formId": form, "formData": object{"seats": "many"}}, []string{"formData.seats type"}},
		"a lead for no form":             {"capture_lead", "not_found", object{"formId": "form_none", "formData": object{}}, nil},
		"a lead for a form that is off":  {"capture_lead", "form_disabled", object{"formId": closed, "formData": object{}}, nil},
		"a lead without answers":         {"capture_lead", "invalid", object{"formId": form}, []string{"formData required", "formData.email required"}},
		"a lead with wrong answers":      {"capture_lead", "invalid", object{"formId": form, "formData": object{"email": "a", "seats": 0, "sets": 1}}, []string{"formData.sets unknown_field", "formData.email email", "formData.seats min"}},
		"answers that are a text":        {"capture_lead", "invalid", object{"formId": form, "formData": "email"}, []string{"formData type", "formData.email required"}},
		"a character that is not stored": {"capture_lead", "invalid", object{"formId": form, "formData": object{"email": "a@b.example", "phone": "\x00"}}, []string{"formData.phone invalid_text"}},
		"an idempotency key of blanks":   {"capture_lead", "invalid_idempotency_key", object{"formId": form, "idempotencyKey": "a b"}, nil},
		"a start that cannot be":         {"capture_lead", "invalid", object{"formId": form, "formData": object{"email": "a@b.example"}, "startedAt": "soon"}, []string{"startedAt type"}},
		"the state of no lead":           {"submission_status", "not_found", object{"submissionId": "sub_none"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := misuse(t, client, c.tool, c.arguments)
			require.Equal(t, c.code, said["code"], "%v", said)
			require.Equal(t, c.problems, problemsOf(said))
		})
	}
	t.Cleanup(func() { require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"]) })
}

func TestAKeyOfAnAgentIsHeldToIt(t *testing.T) {
	t.Parallel()
	s := newService(t)
	own := s.create(t, aForm("own"))
	other := aForm("other")
	other["agentId"] = "agent_other"
	foreign := s.create(t, other)
	lead := s.submit(t, object{"formId": foreign, "formData": object{"email": "a@b.example"}})
	_, key := s.key(t, secretKey([]string{"submit", "read"}, "agent_site"))
	client := s.connect(t, key, nil)

	listed := use(t, client, "list_forms", object{})["forms"].([]any)
	require.Len(t, listed, 1)
	require.Equal(t, own, listed[0].(object)["formId"])
	for tool, arguments := range map[string]object{
		"list_forms":        {"agentId": "agent_other"},
		"get_form":          {"formId": foreign},
		"qualify":           {"formId": foreign},
		"capture_lead":      {"formId": foreign, "formData": object{"email": "b@b.example"}},
		"submission_status": {"submissionId": lead},
	} {
		require.Equal(t, "forbidden", misuse(t, client, tool, arguments)["code"], tool)
	}
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"], 1)
}

// The caller reaches the use case in every revision: without one it would be the
// process itself, which may do everything.
func TestAKeyIsHeldToItsAgentInEveryRevision(t *testing.T) {
	t.Parallel()
	s := newService(t)
	other := aForm("other")
	other["agentId"] = "agent_other"
	foreign := s.create(t, other)
	_, key := s.key(t, secretKey([]string{"submit"}, "agent_site"))
	for revision, meta := range map[string]string{
		"": "", "2025-03-26": "", "2025-06-18": "", "2025-11-25": "",
		"2026-07-28": `,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`,
	} {
		call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_form","arguments":{"formId":"` + foreign + `"}` + meta + `}}`
		status, _, body := s.speak(t, call, as(key),
			with("Mcp-Protocol-Version", revision), with("Mcp-Method", "tools/call"), with("Mcp-Name", "get_form"))
		require.Equal(t, http.StatusOK, status, "%s: %s", revision, body)
		require.Contains(t, body, `"code":"forbidden"`, revision)
	}
}

func TestAPageLearnsNoMoreThanOverREST(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	unbound := pageKey()
	delete(unbound, "agentIds")
	_, key := s.key(t, unbound)
	client := s.connect(t, key, nil, with("Origin", page))

	require.NotContains(t, toolsOf(t, client), "submission_status")
	require.Equal(t, object{"showForm": true}, use(t, client, "qualify", object{"formId": form, "signals": object{"intent": "buy"}}))
	require.Equal(t, []string{"agentId required"}, problemsOf(misuse(t, client, "list_forms", object{})), "it lists nobody's forms but those it knows of")
	require.Len(t, use(t, client, "list_forms", object{"agentId": "agent_site"})["forms"], 1)
	lead := use(t, client, "capture_lead", object{"formId": form, "formData": object{"email": "a@b.example"}})
	require.Equal(t, "captured", lead["outcome"])
}

func TestWhatGoesWrongInsideAToolStaysInTheLog(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"an error": func() error { return errors.New("ada@example.com broke it") },
		"a panic": func() error {
			panic("ada@example.com broke it") // on purpose: it is what is tested
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.runs.accepted = func(context.Context, string) (workflows.Accepted, error) {
				return workflows.Accepted{}, fail()
			}
			said := misuse(t, s.connect(t, adminKey, nil), "submission_status", object{"submissionId": "sub_1"})
			require.Equal(t, "internal", said["code"])
			require.NotContains(t, said["message"], "ada@example.com")
			require.Contains(t, s.log.String(), "broke it")
			require.Contains(t, s.log.String(), said["requestId"])
		})
	}
}

func TestTheLogNeverShowsWhatAToolIsCalledWith(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	client := s.connect(t, adminKey, nil)
	misuse(t, client, "capture_lead", object{"formId": form, "formData": object{"email": "ada@example.com broken"}})
	misuse(t, client, "submission_status", object{"submissionId": "ada@example.com"})
	misuse(t, client, "get_form", object{"ada@example.com": 1})
	wrong := accepting(object{"email": "ada@example.com broken"})
	v := &visitor{t: t, answers: []*mcp.ElicitResult{wrong, wrong, wrong}}
	misuse(t, s.connect(t, adminKey, v.answer), "capture_lead", object{"formId": form})
	require.Len(t, v.asked, 3)
	require.NotContains(t, s.log.String(), "ada@example.com")
}
