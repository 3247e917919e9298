package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
)

// speak sends one message as a client does.
func (s *service) speak(t *testing.T, message string, options ...option) (int, http.Header, string) {
	t.Helper()
	answer := s.call(t, http.MethodPost, "/mcp", append([]option{
		sending(t, message), with("Accept", "application/json, text/event-stream"), with("Mcp-Protocol-Version", "2025-11-25"),
	}, options...)...)
	return answer.Code, answer.Header(), answer.Body.String()
}

const listTools = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`

func TestWhoSpeaksWithoutAKeyIsRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, events := s.key(t, secretKey([]string{"events", "write"}))
	for name, c := range map[string]struct {
		key    option
		status int
	}{
		"no key":              {withoutKey(), http.StatusUnauthorized},
		"an unknown key":      {as(auth.NewKey()), http.StatusUnauthorized},
		"a key without tools": {as(events), http.StatusForbidden},
	} {
		status, header, body := s.speak(t, listTools, c.key)
		require.Equal(t, c.status, status, "%s: %s", name, body)
		require.Equal(t, c.status == http.StatusUnauthorized, header.Get("WWW-Authenticate") == "Bearer", name)
	}
}

func TestPagesSpeakFromTheirOriginsAlone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, key := s.key(t, pageKey())
	status, header, _ := s.speak(t, listTools, as(key), with("Origin", page))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, page, header.Get("Access-Control-Allow-Origin"))
	for _, origin := range foreignOrigins() {
		status, _, body := s.speak(t, listTools, as(key), with("Origin", origin))
		require.Equal(t, http.StatusForbidden, status, origin)
		require.Contains(t, body, "origin_not_allowed")
	}
	for _, origin := range []string{page, "null", "http://example.com", "http://127.0.0.1:8080"} {
		status, header, body := s.speak(t, listTools, with("Origin", origin))
		require.Equal(t, http.StatusForbidden, status, "a secret key in a page at %s", origin)
		require.Contains(t, body, "origin_not_allowed")
		require.Empty(t, header.Get("Access-Control-Allow-Origin"))
	}
	preflight := s.callUnchecked(http.MethodOptions, "/mcp", with("Origin", page), with("Access-Control-Request-Method", http.MethodPost))
	require.Equal(t, http.StatusNoContent, preflight.Code)
	require.Contains(t, preflight.Header().Get("Access-Control-Allow-Headers"), "Mcp-Protocol-Version")
}

func TestWhatIsNoMessage(t *testing.T) {
	t.Parallel()
	s := newService(t)
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	for name, c := range map[string]struct {
		message string
		status  int
		says    string
	}{
		"nothing":              {"", http.StatusBadRequest, "malformed"},
		"a batch":              {"[" + listTools + "]", http.StatusBadRequest, "malformed"},
		"half a message":       {listTools[:20], http.StatusBadRequest, "malformed"},
		"two messages":         {listTools + listTools, http.StatusBadRequest, "malformed"},
		"a name given twice":   {`{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}`, http.StatusBadRequest, "duplicate_field"},
		"deep nesting":         {`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"x":` + deep + `}}}`, http.StatusBadRequest, "malformed"},
		"more than is taken":   {`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":"` + strings.Repeat("x", 256<<10) + `"}}`, http.StatusRequestEntityTooLarge, "too_large"},
		"no version":           {`{"id":1,"method":"tools/list"}`, http.StatusBadRequest, ""},
		"a method that is not": {`{"jsonrpc":"2.0","id":1,"method":"tools/burn"}`, http.StatusBadRequest, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, body := s.speak(t, c.message)
			require.Equal(t, c.status, status, body)
			require.Contains(t, body, c.says)
		})
	}
}

func TestTheTransportIsHeldTo(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, method := range []string{http.MethodGet, http.MethodDelete, http.MethodPut} {
		answer := s.callUnchecked(method, "/mcp", as(adminKey))
		require.Equal(t, http.StatusMethodNotAllowed, answer.Code, "there are no sessions to stream or end")
		require.Contains(t, answer.Header().Get("Allow"), http.MethodPost)
	}
	status, _, _ := s.speak(t, listTools, with("Accept", "application/json"))
	require.Equal(t, http.StatusBadRequest, status)
	answer := s.callUnchecked(http.MethodPost, "/mcp", as(adminKey), sending(t, listTools), with("Content-Type", "text/plain"))
	require.Equal(t, http.StatusUnsupportedMediaType, answer.Code)
	status, _, _ = s.speak(t, listTools, with("Mcp-Protocol-Version", "2024-01-01"))
	require.Equal(t, http.StatusBadRequest, status)
	status, _, body := s.speak(t, listTools, with("Mcp-Session-Id", "of another replica"))
	require.Equal(t, http.StatusOK, status, body)
	status, header, _ := s.speak(t, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	require.Equal(t, http.StatusAccepted, status)
	require.Empty(t, header.Get("Mcp-Session-Id"))
}

// speakNewest sends a message of the newest revision.
func (s *service) speakNewest(t *testing.T, method, params string, options ...option) (int, http.Header, string) {
	t.Helper()
	return s.speak(t, `{"jsonrpc":"2.0","id":1,"method":"`+method+`","params":{`+params+
		`"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}`,
		append([]option{with("Mcp-Protocol-Version", "2026-07-28"), with("Mcp-Method", method)}, options...)...)
}

// Nobody holds a connection by listening: there is nothing to be told of.
func TestThereIsNothingToListenTo(t *testing.T) {
	t.Parallel()
	s := newService(t)
	status, _, body := s.speakNewest(t, "subscriptions/listen",
		`"notifications":{"toolsListChanged":true,"resourcesListChanged":true,"resourceSubscriptions":["form://1"]},`)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `"notifications":{}`, "none of them")
	require.Contains(t, body, `"resultType":"complete"`)
}

func TestAnAnswerThatIsNone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aTalk())
	for name, c := range map[string]struct{ answers, code string }{
		"null":               {`{"form":null}`, `"code":-32020`},
		"no action":          {`{"form":{}}`, `"code":-32020`},
		"nothing accepted":   {`{"form":{"action":"accept"}}`, `"inputRequests"`},
		"null accepted":      {`{"form":{"action":"accept","content":null}}`, `"inputRequests"`},
		"a field of no form": {`{"form":{"action":"accept","content":{"sets":1}}}`, `formData.sets`},
		"an answer of roots": {`{"form":{"roots":[]}}`, `"code":"malformed"`},
	} {
		_, _, body := s.speakNewest(t, "tools/call",
			`"name":"capture_lead","arguments":{"formId":"`+form+`"},"inputResponses":`+c.answers+`,"requestState":"1 1795339790000",`, with("Mcp-Name", "capture_lead"))
		require.Contains(t, body, c.code, name)
		require.NotContains(t, body, `"internal"`, name)
	}
}

func TestAMessageCountsAgainstTheLimit(t *testing.T) {
	t.Parallel()
	s := limited(t)
	_, key := s.key(t, secretKey([]string{"submit"}))
	for range 3 {
		status, _, body := s.speak(t, listTools, as(key))
		require.Equal(t, http.StatusOK, status, body)
	}
	status, header, body := s.speak(t, listTools, as(key))
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Contains(t, body, "rate_limited")
	require.NotEmpty(t, header.Get("Retry-After"))
}
