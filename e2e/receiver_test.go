package e2e_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// arrival is one webhook as the receiver got it.
type arrival struct {
	At        time.Time
	WebhookID string
	Body      map[string]any
}

// receiver is an endpoint that answers with the given statuses in order, the
// last one for ever.
type receiver struct {
	*httptest.Server

	mu       sync.Mutex
	statuses []int
	arrivals []arrival
}

func newReceiver(t *testing.T, statuses ...int) *receiver {
	t.Helper()
	r := &receiver{statuses: statuses}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, request *http.Request) {
	got := arrival{At: time.Now(), WebhookID: request.Header.Get("webhook-id")}
	json.NewDecoder(request.Body).Decode(&got.Body) // an error leaves a body that no test expects
	r.mu.Lock()
	defer r.mu.Unlock()
	w.WriteHeader(r.statuses[min(len(r.arrivals), len(r.statuses)-1)])
	r.arrivals = append(r.arrivals, got)
}

func (r *receiver) all() []arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]arrival(nil), r.arrivals...)
}
