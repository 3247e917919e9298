package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
)

func TestConversationRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	const path = "/v1/conversations/conv_1"
	with := func(name string, value any) option {
		chat := aChat()
		chat[name] = value
		return sending(t, chat)
	}
	message := func(name string, value any) option {
		return with("messages", []object{{"role": "user", "content": "Hi"}, {"role": "user", "content": "Hi", name: value}})
	}
	tooMany := strings.Repeat(`{"role":"user","content":""},`, 1000) + `{"role":"user","content":""}`
	for _, r := range []refusal{
		{"no key", http.MethodGet, path, []option{withoutKey()}, 401, "unauthorized", ""},
		{"no agent", http.MethodPut, path, []option{sending(t, object{"title": "x"})}, 422, "invalid", "agentId"},
		{"a long agent", http.MethodPut, path, []option{with("agentId", strings.Repeat("x", 129))}, 422, "invalid", "agentId"},
		{"a long id", http.MethodPut, "/v1/conversations/" + strings.Repeat("x", 129), []option{sending(t, aChat())}, 422, "invalid", "id"},
		{"a line in the id", http.MethodPut, "/v1/conversations/a%0Ab", []option{sending(t, aChat())}, 422, "invalid", "id"},
		{"a long title", http.MethodPut, path, []option{with("title", strings.Repeat("é", 501))}, 422, "invalid", "title"},
		{"a script", http.MethodPut, path, []option{with("url", "javascript:alert(1)//https://example.com")}, 422, "invalid", "url"},
		{"data", http.MethodPut, path, []option{with("url", "data:text/html,x")}, 422, "invalid", "url"},
		{"no host", http.MethodPut, path, []option{with("url", "https:///c/1")}, 422, "invalid", "url"},
		{"a path", http.MethodPut, path, []option{with("url", "/c/1")}, 422, "invalid", "url"},
		{"a user", http.MethodPut, path, []option{with("url", "https://example.com@evil.example/c")}, 422, "invalid", "url"},
		{"a link that ends early", http.MethodPut, path, []option{with("url", "https://example.com/<c>|x")}, 422, "invalid", "url"},
		{"a long link", http.MethodPut, path, []option{with("url", "https://example.com/"+strings.Repeat("x", 2048))}, 422, "invalid", "url"},
		{"a role", http.MethodPut, path, []option{message("role", "robot")}, 422, "invalid", "messages[1].role"},
		{"a long message", http.MethodPut, path, []option{message("content", strings.Repeat("x", 16_001))}, 422, "invalid", "messages[1].content"},
		{"a time in seconds", http.MethodPut, path, []option{message("createdAt", 1795305600)}, 422, "invalid", "messages[1].createdAt"},
		{"a kind", http.MethodPut, path, []option{message("content", 7)}, 422, "invalid", "messages.content"},
		{"a name", http.MethodPut, path, []option{message("text", "Hi")}, 400, "unknown_field", "messages[1].text"},
		{"too many messages", http.MethodPut, path, []option{with("messages", json.RawMessage("["+tooMany+"]"))}, 422, "invalid", "messages"},
		{"too much", http.MethodPut, path, []option{sending(t, strings.Repeat(" ", 1<<20)+"{}")}, 413, "too_large", ""},
		{"a limit", http.MethodGet, "/v1/conversations?limit=201", nil, 422, "invalid", "limit"},
		{"a cursor", http.MethodGet, "/v1/conversations?cursor=x", nil, 422, "invalid", "cursor"},
		{"an agent that nobody can be", http.MethodGet, "/v1/conversations?agentId=a%00b", nil, 422, "invalid", ""},
		{"an id that nobody can have", http.MethodGet, "/v1/conversations/a%00b", nil, 404, "not_found", ""},
		{"a cursor of such an agent", http.MethodGet, "/v1/conversations?cursor=" + cursorAfter("a\x00b"), nil, 422, "invalid", ""},
		{"a parameter", http.MethodGet, path + "?agent=agent_site", nil, 400, "unknown_field", "agent"},
	} {
		t.Run(r.name, func(t *testing.T) { s.requireRefusal(t, r) })
	}
	s.read(t, http.StatusNotFound, http.MethodGet, path)
}

// cursorAfter is the cursor behind a conversation of an agent.
func cursorAfter(agentID string) string {
	encoded, err := json.Marshal(store.ConversationCursor{AgentID: agentID, ID: "conv_1"})
	if err != nil {
		panic(err) // they are texts
	}
	return base64.RawURLEncoding.EncodeToString(encoded)
}

func TestAPageTellsNothingOfAConversation(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, key := s.key(t, pageKey())
	refused := s.read(t, http.StatusForbidden, http.MethodPut, "/v1/conversations/conv_1", as(key), with("Origin", page), sending(t, aChat()))
	require.Contains(t, refused["detail"], "secret key")
	asked := s.callUnchecked(http.MethodOptions, "/v1/conversations/conv_1", with("Origin", page), with("Access-Control-Request-Method", http.MethodPut))
	require.Equal(t, http.StatusMethodNotAllowed, asked.Code)

	_, agent := s.key(t, secretKey([]string{"submit"}, "agent_site"))
	s.read(t, http.StatusOK, http.MethodPut, "/v1/conversations/conv_1", as(agent), sending(t, aChat()))
	s.read(t, http.StatusForbidden, http.MethodGet, "/v1/conversations/conv_1", as(agent))
}

// However many messages are wrong, the answer stays small.
func TestManyWrongMessages(t *testing.T) {
	t.Parallel()
	s := newService(t)
	chat := aChat()
	var wrong []object
	for i := range 1000 {
		wrong = append(wrong, object{"role": fmt.Sprint("robot_", i), "content": "Hi"})
	}
	chat["messages"] = wrong
	refused := s.read(t, http.StatusUnprocessableEntity, http.MethodPut, "/v1/conversations/conv_1", sending(t, chat))
	require.Len(t, refused["errors"], 20)
}
