package e2e_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// event is one of a stream's, as far as the tests read it.
type event struct {
	Name   string `json:"-"`
	ID     string `json:"-"`
	Status string `json:"status"`

	Deliveries []struct {
		Status        string     `json:"status"`
		Attempts      int        `json:"attempts"`
		NextAttemptAt *time.Time `json:"nextAttemptAt"`
	} `json:"deliveries"`
}

// stream is a lead that is followed at one replica.
type stream struct {
	t      *testing.T
	status int
	body   io.ReadCloser
	lines  *bufio.Reader
}

// follow begins to follow a lead, after the event seen.
func (m *machine) follow(base, lead, seen string) *stream {
	m.t.Helper()
	request, err := http.NewRequestWithContext(m.t.Context(), http.MethodGet, base+"/v1/submissions/"+lead+"/events", http.NoBody)
	require.NoError(m.t, err)
	request.Header.Set("Authorization", "Bearer "+m.adminKey)
	request.Header.Set("Last-Event-ID", seen)
	response, err := http.DefaultClient.Do(request)
	require.NoError(m.t, err)
	m.t.Cleanup(func() { response.Body.Close() })
	return &stream{t: m.t, status: response.StatusCode, body: response.Body, lines: bufio.NewReader(response.Body)}
}

// next waits for an event. It returns io.EOF where the stream has come to its end
// in good order.
func (s *stream) next() (event, error) {
	s.t.Helper()
	var got event
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			return event{}, err
		}
		switch name, value, _ := strings.Cut(strings.TrimSpace(line), ": "); name {
		case "event":
			got.Name = value
		case "id":
			got.ID = value
		case "data":
			require.NoError(s.t, json.Unmarshal([]byte(value), &got))
		case "":
			if got.Name != "" {
				return got, nil
			}
		}
	}
}

// must is next where an event must come.
func (s *stream) must() event {
	s.t.Helper()
	got, err := s.next()
	require.NoError(s.t, err)
	return got
}

// held is an endpoint that fails twice and then delivers. It answers the first time
// when release is called.
func held(t *testing.T) (url string, release func()) {
	t.Helper()
	gate := make(chan struct{})
	release = sync.OnceFunc(func() { close(gate) })
	var calls int
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-gate
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls <= 2 {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	t.Cleanup(func() {
		release()
		server.Close()
	})
	return server.URL, release
}

// A lead is followed from one replica to the next, in order and without a
// repetition, and a replica that stops lets its followers go in good order.
func TestALeadIsFollowed(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	url, release := held(t)
	lead := c.submit(c.createForm("followed", url, "2s", "2s"), "ada@example.com")

	first := c.follow(c.bases[0], lead, "")
	began := first.must()
	require.Equal(t, "progress", began.Name)
	require.Equal(t, "pending", began.Status)
	release()
	failed := first.must()
	for failed.Status == "pending" { // the attempt, or that the lead is stored
		failed = first.must()
	}
	require.Equal(t, "retrying", failed.Status)
	require.Equal(t, "retrying", failed.Deliveries[0].Status)
	require.NotNil(t, failed.Deliveries[0].NextAttemptAt)
	require.NoError(t, first.body.Close())

	second, told := c.follow(c.bases[1], lead, failed.ID), map[string]bool{began.ID: true, failed.ID: true}
	attempts, last := failed.Deliveries[0].Attempts, event{}
	for last.Status != "completed" {
		last = second.must()
		require.Equal(t, "progress", last.Name)
		require.False(t, told[last.ID], "what was seen is not said again")
		told[last.ID] = true
		require.Contains(t, []string{"retrying", "completed"}, last.Status, "it never goes backwards")
		require.GreaterOrEqual(t, last.Deliveries[0].Attempts, attempts)
		attempts = last.Deliveries[0].Attempts
	}
	require.Equal(t, 3, attempts)
	end := second.must()
	require.Equal(t, "end", end.Name)
	require.Equal(t, "completed", end.Status)
	_, err := second.next()
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, http.StatusNoContent, c.follow(c.bases[0], lead, end.ID).status)

	waiting := c.submit(c.createForm("waiting", newReceiver(t, http.StatusBadGateway).URL, "1h"), "ada@example.com")
	c.waitFor(waiting, "retrying", allDelivered)
	third := c.follow(c.bases[0], waiting, "")
	require.Equal(t, "retrying", third.must().Status)
	ended := make(chan error, 1)
	go func() {
		_, err := third.next()
		ended <- err
	}()
	c.replicas[0].stop()
	require.ErrorIs(t, <-ended, io.EOF, "it was not cut off")
	require.Equal(t, "retrying", c.follow(c.bases[1], waiting, "").must().Status)
}
