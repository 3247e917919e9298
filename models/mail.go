package models

import (
	"log/slog"
	"time"
)

// Mail is a mail in the outbox of an installation without a provider.
type Mail struct {
	ID string `gorm:"primaryKey"`
	// MessageID is the delivery, or the alert, that the mail belongs to.
	MessageID  string
	Sender     string
	Recipients []string `gorm:"serializer:json;type:jsonb"`
	ReplyTo    string
	Subject    string
	HTML       string
	Text       string
	SentAt     time.Time
}

// LogValue implements slog.LogValuer: the id and nothing personal.
func (m Mail) LogValue() slog.Value { return slog.StringValue(m.ID) }

// Alert is when the owner of a form was last told of failed leads.
type Alert struct {
	FormID string `gorm:"primaryKey"`
	SentAt time.Time
	// Failed counts the leads that have failed since.
	Failed int
}
