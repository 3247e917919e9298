package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"leadrail/models"
)

// ReceiverPath is where the receiver takes webhooks (POST) and shows what it
// got (GET).
const ReceiverPath = "/demo/receiver"

// kept is how many webhooks the receiver remembers.
const kept = 50

// Received is one webhook as it arrived.
type Received struct {
	At models.Timestamp `json:"at"`
	// WebhookID is the same for every attempt of a delivery.
	WebhookID string          `json:"webhookId"`
	Headers   http.Header     `json:"headers"`
	Body      json.RawMessage `json:"body"`
}

// Receiver is an endpoint that takes every webhook and remembers the newest
// ones, in memory.
type Receiver struct {
	now  func() time.Time
	mu   sync.Mutex
	last []Received
}

// NewReceiver makes a Receiver.
func NewReceiver(now func() time.Time) *Receiver { return &Receiver{now: now} }

// Take is the endpoint. The size of the body is the router's business.
func (r *Receiver) Take(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil || !json.Valid(body) {
		answer(w, http.StatusBadRequest, map[string]string{"error": "send JSON"})
		return
	}
	r.remember(Received{
		At: models.At(r.now()), WebhookID: request.Header.Get("webhook-id"), Headers: public(request.Header), Body: body,
	})
	answer(w, http.StatusOK, map[string]bool{"received": true})
}

// Show lists what was received, newest first.
func (r *Receiver) Show(w http.ResponseWriter, _ *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	newest := make([]Received, 0, len(r.last))
	for _, received := range slices.Backward(r.last) {
		newest = append(newest, received)
	}
	answer(w, http.StatusOK, map[string]any{"received": newest})
}

func (r *Receiver) remember(received Received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = append(r.last, received)
	if len(r.last) > kept {
		r.last = r.last[1:]
	}
}

// public leaves out what may carry a secret.
func public(header http.Header) http.Header {
	shown := http.Header{}
	for name, values := range header {
		if strings.HasPrefix(name, "Webhook-") || name == "Content-Type" || name == "User-Agent" {
			shown[name] = values
		}
	}
	return shown
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // an error means that the caller has gone
}
