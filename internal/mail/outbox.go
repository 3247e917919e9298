package mail

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"leadrail/models"
)

// StoredMail is a mail in the outbox, in plain text throughout.
type StoredMail struct {
	// ID is the delivery's id. A replay of the delivery brings it again.
	ID      string
	From    string
	To      []string
	ReplyTo string
	Subject string
	HTML    string
	Text    string
	// IDs are what SendGrid would be given as custom arguments: the ids of the
	// message as far as they are opaque, and ID as "deliveryId".
	IDs map[string]string
	// SentAt is in UTC.
	SentAt time.Time
}

// LogValue implements slog.LogValuer: the id and nothing personal.
func (m StoredMail) LogValue() slog.Value { return logged(m.ID, len(m.To)) }

// Store keeps the mails of an Outbox.
type Store interface {
	SaveMail(ctx context.Context, mail StoredMail) error
}

// StoreFunc makes a function a Store.
type StoreFunc func(ctx context.Context, mail StoredMail) error

// SaveMail implements Store.
func (f StoreFunc) SaveMail(ctx context.Context, mail StoredMail) error { return f(ctx, mail) }

// Outbox stores mail instead of sending it, for machines without a provider.
// It cleans and refuses what SendGrid cleans and refuses.
type Outbox struct {
	store Store
	from  Address
	now   func() time.Time
}

// NewOutbox makes an Outbox. The sender's address is only for show; now may be
// nil for the wall clock.
func NewOutbox(store Store, from Address, now func() time.Time) *Outbox {
	if now == nil {
		now = time.Now
	}
	return &Outbox{store: store, from: from, now: now}
}

// Send stores the mail, which counts as delivered. The error is the store's.
func (o *Outbox) Send(ctx context.Context, message Message) (Result, error) {
	message, refusal := message.prepared()
	if refusal != nil {
		return Result{Verdict: *refusal}, nil
	}
	start := time.Now()
	if err := o.store.SaveMail(ctx, o.stored(message)); err != nil {
		return Result{}, fmt.Errorf("store mail in the outbox: %w", err)
	}
	return Result{Verdict: models.Verdict{Outcome: models.OutcomeDelivered}, Duration: time.Since(start)}, nil
}

func (o *Outbox) stored(message Message) StoredMail {
	to := make([]string, len(message.To))
	for i, address := range message.To {
		to[i] = address.String()
	}
	return StoredMail{
		ID:      message.ID,
		From:    o.from.String(),
		To:      to,
		ReplyTo: message.ReplyTo.String(),
		Subject: message.Subject,
		HTML:    message.HTML,
		Text:    message.Text,
		IDs:     customArgs(message),
		SentAt:  o.now().UTC(),
	}
}
