package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// event is a server-sent event.
type event struct {
	name, id string
	data     object
}

// readEvent reads up to the end of the next event, and checks its data against the
// contract. At the end of the stream it returns the zero event.
func readEvent(t *testing.T, lines *bufio.Reader) event {
	t.Helper()
	var got event
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			require.Empty(t, line)
			return event{}
		}
		require.NoError(t, err)
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "event":
			got.name = value
		case "id":
			got.id = value
		case "data":
			require.NoError(t, json.Unmarshal([]byte(value), &got.data))
			requireProgress(t, got.data)
		case "":
			if got.name != "" {
				return got
			}
		}
	}
}

func requireProgress(t *testing.T, data object) {
	t.Helper()
	c := theContract(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	require.NoError(t, c.doc.Components.Schemas["Progress"].Value.VisitJSON(data, openapi3.EnableJSONSchema2020()))
}

// stream is a lead that is followed over a connection.
type stream struct {
	status int
	header http.Header
	lines  *bufio.Reader
}

// openStream follows a lead, after the event seen.
func openStream(t *testing.T, server *httptest.Server, lead, seen string) stream {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/submissions/"+lead+"/events", http.NoBody)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+adminKey)
	request.Header.Set("Last-Event-ID", seen)
	answer, err := server.Client().Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { answer.Body.Close() })
	return stream{answer.StatusCode, answer.Header, bufio.NewReader(answer.Body)}
}

// webhookLead is a lead with one delivery.
func (s *service) webhookLead(t *testing.T) (lead, delivery string) {
	t.Helper()
	lead = s.submit(t, object{"formId": s.create(t, shopForm("shop_form")), "formData": object{"email": "a@b.co"}})
	stored, err := s.store.Submission(t.Context(), lead)
	require.NoError(t, err)
	return lead, stored.Deliveries[0].ID
}

func TestALeadIsFollowedUntilItsEnd(t *testing.T) {
	t.Parallel()
	s := newService(t)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	lead, delivery := s.webhookLead(t)

	stream := openStream(t, server, lead, "")
	require.Equal(t, http.StatusOK, stream.status)
	require.Equal(t, "text/event-stream", stream.header.Get("Content-Type"))
	require.Equal(t, "no-store", stream.header.Get("Cache-Control"))
	retry, err := stream.lines.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "retry: 2000\n", retry)
	first := readEvent(t, stream.lines)
	require.Equal(t, "progress", first.name)
	require.Empty(t, cmp.Diff(object{
		"submissionId": lead, "status": "pending", "failureReason": nil, "completedAt": nil, "deliveries": []any{object{
			"deliveryId": delivery, "action": first.data["deliveries"].([]any)[0].(object)["action"], "type": "webhook",
			"status": "pending", "attempts": 0.0, "nextAttemptAt": nil, "errorCode": nil,
		}},
	}, first.data))

	s.failLead(t, lead)
	last, end := readEvent(t, stream.lines), readEvent(t, stream.lines)
	require.Equal(t, "progress", last.name)
	require.NotEqual(t, first.id, last.id)
	require.Equal(t, "failed", last.data["status"])
	require.Equal(t, "timeout", last.data["deliveries"].([]any)[0].(object)["errorCode"])
	require.Equal(t, event{"end", last.id + ".end", last.data}, end)
	require.Equal(t, event{}, readEvent(t, stream.lines), "the stream closes")

	again := openStream(t, server, lead, first.id)
	require.Equal(t, last, readEvent(t, again.lines), "whoever missed it")
	again = openStream(t, server, lead, last.id)
	require.Equal(t, end, readEvent(t, again.lines), "what was seen is not said again")
	again = openStream(t, server, lead, end.id)
	require.Equal(t, http.StatusNoContent, again.status)
	require.Equal(t, "no-store", again.header.Get("Cache-Control"), "a replay begins it anew")
}

func TestALeadAtItsEndIsToldInOneAnswer(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead, _ := s.webhookLead(t)
	s.failLead(t, lead)
	path := "/v1/submissions/" + lead + "/events"
	answer := s.call(t, http.MethodGet, path)
	require.Equal(t, http.StatusOK, answer.Code)
	stream := bufio.NewReader(answer.Body)
	require.Equal(t, "progress", readEvent(t, stream).name)
	end := readEvent(t, stream)
	require.Equal(t, "end", end.name)
	require.Equal(t, http.StatusNoContent, s.call(t, http.MethodGet, path, with("Last-Event-ID", end.id)).Code)
}

// TestAStreamOutlivesTheServersTimeouts: the deadlines of a common answer end a
// request that began after the stream, and not the stream.
func TestAStreamOutlivesTheServersTimeouts(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead, _ := s.webhookLead(t)
	routes := http.NewServeMux()
	routes.Handle("/", s.handler)
	routes.HandleFunc("/common", func(w http.ResponseWriter, _ *http.Request) {
		for http.NewResponseController(w).Flush() == nil {
			w.Write([]byte("x")) // until the deadline
		}
	})
	server := httptest.NewUnstartedServer(routes)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)

	lines := openStream(t, server, lead, "").lines
	require.Equal(t, "pending", readEvent(t, lines).data["status"])
	common, err := server.Client().Get(server.URL + "/common")
	require.NoError(t, err)
	defer common.Body.Close()
	_, err = io.Copy(io.Discard, common.Body)
	require.Error(t, err)

	s.failLead(t, lead)
	require.Equal(t, "failed", readEvent(t, lines).data["status"])
}

func TestAStreamEndsWhenTheServiceStops(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead, _ := s.webhookLead(t)
	server := httptest.NewUnstartedServer(s.handler)
	server.Config.RegisterOnShutdown(s.dependencies.Leads.Followers.Stop)
	server.Start()
	t.Cleanup(server.Close)
	lines := openStream(t, server, lead, "").lines
	require.Equal(t, "pending", readEvent(t, lines).data["status"])

	draining, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, server.Config.Shutdown(draining), "no request was cut off")
	require.Equal(t, event{}, readEvent(t, lines), "it ends without the event end")
	require.Equal(t, "unavailable", s.read(t, http.StatusServiceUnavailable, http.MethodGet, "/v1/submissions/"+lead+"/events")["code"])
}

func TestWhatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead, _ := s.webhookLead(t)
	s.read(t, http.StatusNotFound, http.MethodGet, "/v1/submissions/sub_none/events")
	s.read(t, http.StatusUnauthorized, http.MethodGet, "/v1/submissions/"+lead+"/events", withoutKey())
	require.Equal(t, "unknown_field", s.read(t, http.StatusBadRequest, http.MethodGet, "/v1/submissions/"+lead+"/events?since=1")["code"])
	key, secret := s.key(t, pageKey())
	require.NotEmpty(t, key)
	s.read(t, http.StatusForbidden, http.MethodGet, "/v1/submissions/"+lead+"/events", as(secret), with("Origin", page))
	_, submitter := s.key(t, secretKey([]string{string(models.ScopeSubmit)}))
	s.read(t, http.StatusForbidden, http.MethodGet, "/v1/submissions/"+lead+"/events", as(submitter))
}
