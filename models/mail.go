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
	// SubmissionID and RunSeq are the run whose failure the last alert was for;
	// empty and 0 when it was for all that failed since the one before.
	SubmissionID string
	RunSeq       int
	// SentAt is when the last alert was to leave.
	SentAt time.Time
	// Failed is how many leads have failed that no alert has told of, Told how
	// many of them the alert that is leaving tells of.
	Failed int
	Told   int
	// UndeliveredAt is when the log, and a mail to the form's owner, last said that
	// deliveries of the form wait undelivered; nil for never. A claim to say it sets
	// a time that is due again within minutes.
	UndeliveredAt *time.Time
}
