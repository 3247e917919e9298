package activities

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"leadrail/internal/forms"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// Poster makes one request to an endpoint.
type Poster interface {
	Post(ctx context.Context, request webhook.Request) webhook.Response
}

// WebhookStore also keeps what webhooks are signed with.
type WebhookStore interface {
	AttemptStore
	EnsureSecret(ctx context.Context, fresh models.Secret) (models.Secret, error)
	// Target reads where a run goes that a replay sent elsewhere; not found when the
	// delivery is gone.
	Target(ctx context.Context, deliveryID string, runSeq int) (models.Target, error)
}

// Webhook delivers leads to endpoints over HTTP.
type Webhook struct {
	Store  WebhookStore
	Client Poster
	Sealed forms.Sealer
	Log    *slog.Logger
	Now    func() time.Time
	// ConversationURL is the template that models.ConversationURL fills in.
	ConversationURL string
	// PerEndpoint is how many attempts may be under way at one host and port;
	// 64 if zero.
	PerEndpoint int
	// Watch may be nil.
	Watch Watch

	crowd crowd
}

// DeliverWebhook makes one attempt and returns the endpoint's verdict. Where
// the endpoint has enough attempts under way it asks Temporal to repeat it
// later, which uses up none of the delivery's attempts.
func (w *Webhook) DeliverWebhook(ctx context.Context, in DeliverInput) (models.Verdict, error) {
	return w.attempts().run(ctx, in)
}

func (w *Webhook) attempts() attempts {
	return attempts{
		store: w.Store, log: w.Log, now: w.Now, send: w.send, crowd: &w.crowd, limit: w.PerEndpoint, watch: w.Watch,
		endpointOf: func(destination models.Destination) (string, error) { return hostOf(destination.URL), nil },
		target:     w.Store.Target,
	}
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
	now := w.Now()
	keys, err := w.signingKeys(ctx, job, now)
	if err != nil {
		return err
	}
	action, _ := job.Action()
	response := w.Client.Post(ctx, webhook.Request{
		URL:       job.Destination.URL,
		Headers:   headers,
		ID:        job.Delivery.ID,
		Keys:      keys,
		Body:      body,
		AcceptAny: action.Response == models.ResponseAny,
		Now:       now,
	})
	recordResponse(attempt, response)
	if job.Target.Elsewhere() {
		spareAction(attempt)
	}
	return nil
}

// recordResponse fills in what came of a request.
func recordResponse(attempt *models.Attempt, response webhook.Response) {
	attempt.Record(response.Verdict)
	attempt.DurationMS = response.Duration.Milliseconds()
	attempt.Phases = phasesOf(response)
	attempt.Response = response.Excerpt
	if response.Address.IsValid() {
		attempt.Address = response.Address.String()
	}
}

func phasesOf(response webhook.Response) models.Phases {
	return models.Phases{
		DNSMS:       response.Phases.DNS.Milliseconds(),
		ConnectMS:   response.Phases.Connect.Milliseconds(),
		TLSMS:       response.Phases.TLS.Milliseconds(),
		FirstByteMS: response.Phases.FirstByte.Milliseconds(),
	}
}

// signingKeys are those in force. The webhooks of a form that has no secret yet
// wait for one: nothing leaves unsigned. Another URL has a secret of its own.
func (w *Webhook) signingKeys(ctx context.Context, job store.Job, now time.Time) ([]models.SigningKey, error) {
	if job.Target.Elsewhere() {
		key, err := w.Sealed.Open(job.Target.Secret, job.Target.Owner())
		if err != nil {
			return nil, fmt.Errorf("open secret of target: %w", err)
		}
		return []models.SigningKey{key}, nil
	}
	if job.Secret != nil {
		return forms.SigningKeys(w.Sealed, *job.Secret, now)
	}
	made, err := w.Store.EnsureSecret(ctx, forms.NewSecret(w.Sealed, job.Destination.FormID, now))
	if err != nil {
		return nil, fmt.Errorf("make signing secret: %w", err)
	}
	return forms.SigningKeys(w.Sealed, made, now)
}
