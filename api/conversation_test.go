package api_test

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// aChat is a conversation as an agent tells of it.
func aChat() object {
	return object{
		"agentId": "agent_site", "title": "Prices", "url": "https://inbox.example.com/c/1?tab=chat&x=1",
		"messages": []object{
			{"id": "m1", "role": "user", "content": "What does it cost?", "createdAt": "2026-11-22T10:29:00+01:00"},
			{"role": "assistant", "content": "<b>Let me ask you</b>"},
		},
	}
}

// tell tells of a conversation.
func (s *service) tell(t *testing.T, id string, chat object) object {
	t.Helper()
	return s.read(t, http.StatusOK, http.MethodPut, "/v1/conversations/"+id, sending(t, chat))
}

// noteDecisions is the end of a process: what was decided is written.
func (s *service) noteDecisions(t *testing.T) {
	t.Helper()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s.dependencies.Leads.Decisions.Run(ended)
}

func TestAConversation(t *testing.T) {
	t.Parallel()
	s := newService(t)
	definition := aForm("contact_form")
	definition["webhook"] = object{"url": "https://hooks.example.com/lead"}
	form := s.create(t, definition)
	s.read(t, http.StatusOK, http.MethodPost, "/v1/forms/"+form+"/qualify",
		sending(t, object{"conversationId": "conv_1", "sessionId": "session_1"}))
	s.noteDecisions(t)
	told := s.tell(t, "conv_1", aChat())
	lead := s.submit(t, object{"formId": form, "conversationId": "conv_1", "formData": object{"email": "ada@example.com"}})
	s.submit(t, object{"formId": form, "conversationId": "conv_2", "formData": object{"email": "bob@example.com"}})

	link := "https://inbox.example.com/c/1?tab=chat&x=1"
	require.Empty(t, cmp.Diff(object{
		"id": "conv_1", "agentId": "agent_site", "title": "Prices", "url": link, "conversationUrl": link, "messageCount": 2.0,
		"createdAt": told["createdAt"], "updatedAt": told["updatedAt"],
	}, told))
	require.Less(t, told["createdAt"], told["updatedAt"], "it was heard of before it was told of")

	stored := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+lead)
	require.Equal(t, link, stored["conversationUrl"])
	conversation := s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_1")
	decision := conversation["gateDecisions"].([]any)[0].(object)
	want := object{
		"messages": []any{
			object{"id": "m1", "role": "user", "content": "What does it cost?", "createdAt": "2026-11-22T09:29:00.000Z"},
			object{"role": "assistant", "content": "<b>Let me ask you</b>"},
		},
		"formSubmissions": []any{object{
			"submissionId": lead, "formId": form, "formName": "contact_form", "formData": object{"email": "ada@example.com"},
			"files": []any{}, "status": "pending", "submittedAt": stored["submittedAt"],
		}},
		"gateDecisions": []any{object{
			"decisionId": decision["decisionId"], "at": decision["at"], "sessionId": "session_1",
			"formId": form, "formName": "contact_form", "formVersion": 1.0,
			"showForm": true, "reason": "no_rules", "score": 0.0, "tier": "", "qualified": true, "reasons": []any{},
		}},
	}
	maps.Copy(want, told)
	require.Empty(t, cmp.Diff(want, conversation))
}

func TestAConversationThatNobodyToldOf(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	lead := s.submit(t, object{"formId": form, "conversationId": "conv_1", "formData": object{"email": "a@b.co"}})
	s.read(t, http.StatusOK, http.MethodPost, "/v1/forms/"+form+"/qualify", sending(t, object{"conversationId": "conv_2"}))
	s.read(t, http.StatusOK, http.MethodPost, "/v1/forms/"+form+"/qualify", sending(t, object{"sessionId": "session_3"}))
	s.noteDecisions(t)
	submittedAt := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+lead)["submittedAt"]
	got := s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_1")
	require.Len(t, got["formSubmissions"], 1)
	delete(got, "formSubmissions")
	require.Empty(t, cmp.Diff(object{
		"id": "conv_1", "agentId": "agent_site", "title": nil, "url": nil, "conversationUrl": "https://chat.example.com/conv_1",
		"messageCount": 0.0, "createdAt": submittedAt, "updatedAt": submittedAt, "messages": []any{}, "gateDecisions": []any{},
	}, got))
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_2")["gateDecisions"], 1)
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations")["data"], 2)
}

// Ids are the callers', with whatever they have in them.
func TestAnIDOfAConversationMayHaveAnythingInIt(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for id, escaped := range map[string]string{
		"a/b": "a%2Fb", "50 % of it?": "50%20%25%20of%20it%3F", "chat:1|2@example.com": "chat:1%7C2@example.com",
		"会話": "%E4%BC%9A%E8%A9%B1", "a+b": "a+b", "a+b/c": "a+b%2Fc", "a+b c": "a%2Bb%20c",
		"100%25": "100%2525", strings.Repeat("é", 128): strings.Repeat("%C3%A9", 128),
	} {
		path := "/v1/conversations/" + escaped // the contract's router takes an escaped slash for a slash
		require.Equal(t, id, decoded(t, s.callUnchecked(http.MethodPut, path, as(adminKey), sending(t, aChat())))["id"])
		require.Equal(t, id, decoded(t, s.callUnchecked(http.MethodGet, path, as(adminKey)))["id"])
	}
}

func TestTwoAgentsMayHaveAConversationOfOneID(t *testing.T) {
	t.Parallel()
	s := newService(t)
	shop := aChat()
	shop["agentId"], shop["title"] = "agent_shop", "Orders"
	s.tell(t, "conv_1", aChat())
	s.tell(t, "conv_1", shop)
	refused := s.read(t, http.StatusConflict, http.MethodGet, "/v1/conversations/conv_1")
	require.Equal(t, "ambiguous_conversation", refused["code"])
	require.Contains(t, refused["detail"], "agentId")
	for agent, title := range map[string]string{"agent_site": "Prices", "agent_shop": "Orders"} {
		require.Equal(t, title, s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_1?agentId="+agent)["title"])
		_, bound := s.key(t, secretKey([]string{"read"}, agent))
		require.Equal(t, title, s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_1", as(bound))["title"])
	}
	s.read(t, http.StatusNotFound, http.MethodGet, "/v1/conversations/conv_1?agentId=agent_none")
	s.read(t, http.StatusNotFound, http.MethodGet, "/v1/conversations/conv_2")
	_, other := s.key(t, secretKey([]string{"read"}, "agent_other"))
	s.read(t, http.StatusNotFound, http.MethodGet, "/v1/conversations/conv_1", as(other))
}

func TestWhatIsToldLastStays(t *testing.T) {
	t.Parallel()
	s := newService(t)
	first := s.tell(t, "conv_1", aChat())
	last := s.tell(t, "conv_1", object{"agentId": "agent_site", "title": nil, "messages": nil})
	require.Equal(t, first["createdAt"], last["createdAt"])
	require.Less(t, first["updatedAt"], last["updatedAt"])
	got := s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_1")
	require.Empty(t, got["messages"])
	require.Nil(t, got["title"])
	require.Equal(t, "https://chat.example.com/conv_1", got["conversationUrl"])
}

func TestPagesOfConversations(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, id := range []string{"conv_1", "conv_2", "conv_3"} {
		s.tell(t, id, aChat())
	}
	shop := aChat()
	shop["agentId"] = "agent_shop"
	s.tell(t, "conv_4", shop)
	var seen []string
	for cursor := ""; ; {
		page := s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations?agentId=agent_site&limit=2"+cursor)
		for _, row := range page["data"].([]any) {
			seen = append(seen, row.(object)["id"].(string))
		}
		next, more := page["nextCursor"].(string)
		if !more {
			break
		}
		cursor = "&cursor=" + next
	}
	require.Equal(t, []string{"conv_3", "conv_2", "conv_1"}, seen, "newest first")
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations")["data"], 4)
}
