package loadtest

import (
	"encoding/json"
	"net"
	"net/http"
	"time"
)

// Sink is an endpoint on loopback that takes every webhook and notes it in a
// ledger.
type Sink struct {
	// URL is where forms send to.
	URL    string
	server *http.Server
}

// NewSink starts a Sink, which Close ends.
func NewSink(ledger *Ledger) (*Sink, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var body struct {
				SubmissionID string `json:"submissionId"`
			}
			if json.NewDecoder(r.Body).Decode(&body) != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			ledger.Arrive(body.SubmissionID, Arrival{At: time.Now(), WebhookID: r.Header.Get("Webhook-Id")})
		}),
	}
	go server.Serve(listener) // an error means that Close was called
	return &Sink{URL: "http://" + listener.Addr().String(), server: server}, nil
}

// Close ends the sink.
func (s *Sink) Close() error { return s.server.Close() }
