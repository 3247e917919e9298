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

// Alert is what the owner of a form was last told of failed leads.
type Alert struct {
	FormID string `gorm:"primaryKey"`
	// SubmissionID is the lead whose failure the last alert was sent for.
	SubmissionID string
	SentAt       time.Time
	// Told is how many leads the last alert was about, Failed how many have
	// failed since.
	Told   int
	Failed int
}
