package activities

import (
	"context"
	"log/slog"
	"time"

	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// Poster makes one request to an endpoint.
type Poster interface {
	Post(ctx context.Context, request webhook.Request) webhook.Response
}

// Webhook delivers leads to endpoints over HTTP.
type Webhook struct {
	Store  AttemptStore
	Client Poster
	Sealed Opener
	Log    *slog.Logger
	Now    func() time.Time
	// ConversationURL is the template that models.ConversationURL fills in.
	ConversationURL string
}

// DeliverWebhook makes one attempt and returns the endpoint's verdict.
func (w *Webhook) DeliverWebhook(ctx context.Context, in DeliverInput) (models.Verdict, error) {
	return attempts{store: w.Store, log: w.Log, now: w.Now}.run(ctx, in, w.send)
}

func (w *Webhook) send(ctx context.Context, job store.Job, attempt *models.Attempt) error {
	headers, err := openHeaders(w.Sealed, job.Destination)
	if err != nil {
		return err
	}
	body, err := webhookBody(job, w.ConversationURL)
	if err != nil {
		return err
	}
	action, _ := job.Action()
	response := w.Client.Post(ctx, webhook.Request{
		URL:       job.Destination.URL,
		Headers:   headers,
		ID:        job.Delivery.ID,
		Body:      body,
		AcceptAny: action.Response == models.ResponseAny,
		Now:       w.Now(),
	})
	attempt.Record(response.Verdict)
	attempt.DurationMS = response.Duration.Milliseconds()
	attempt.Response = response.Excerpt
	if response.Address.IsValid() {
		attempt.Address = response.Address.String()
	}
	return nil
}
