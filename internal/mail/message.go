package mail

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"leadrail/models"
)

const (
	// maxRecipients of one mail: SendGrid takes no more in one request.
	maxRecipients = 1000
	// maxSubject is the longest subject, in characters.
	maxSubject = 255
	noSubject  = "(no subject)"
)

// Content is what a mail says. A part that is empty is not sent.
type Content struct {
	Subject string
	HTML    string
	Text    string
}

// Message is one mail to be sent. Whatever is in it, nothing but one clean
// line reaches a header.
type Message struct {
	// ID is the delivery's id. It is the same over all attempts and replays.
	ID string
	// To lists at most 1000 addresses; one that comes twice, in whatever case,
	// gets one mail. All of them see each other.
	To []Address
	// ReplyTo is left out when it is zero or cannot be used: a lead's typing
	// error must not cost the mail.
	ReplyTo Address
	Content
	// IDs are further ids for tracing the mail at the provider, who keeps them
	// for long and shows them to its staff: ids made by us, nothing personal.
	// What is no opaque id (letters, digits and "_-.:", at most 128) is left
	// out, as is all beyond 20.
	IDs map[string]string
}

// LogValue implements slog.LogValuer: the id and nothing personal.
func (m Message) LogValue() slog.Value { return logged(m.ID, len(m.To)) }

func logged(id string, recipients int) slog.Value {
	const keyID, keyRecipients = "id", "recipients"
	return slog.GroupValue(slog.String(keyID, id), slog.Int(keyRecipients, recipients))
}

// Result is what came of sending a Message.
type Result struct {
	Verdict  models.Verdict
	Duration time.Duration
	// ProviderMessageID finds the mail at the provider; often empty.
	ProviderMessageID string
}

// Sender sends a mail once. What the provider did, or failed to do, is in the
// result; the error is for what failed on our own side and says nothing of the
// mail. After a timeout or a broken connection the mail may have been taken
// all the same: a retry can send it twice, and never is one lost.
type Sender interface {
	Send(ctx context.Context, message Message) (Result, error)
}

// prepared returns the mail as it may leave. The verdict is nil unless it
// cannot leave at all.
func (m Message) prepared() (Message, *models.Verdict) {
	recipients, refusal := recipients(m.To)
	if refusal != nil {
		return m, refusal
	}
	if m.HTML == "" && m.Text == "" {
		return m, giveUp(models.ErrorProviderRejected, "The mail is empty.")
	}
	m.To = recipients
	m.ReplyTo, _ = NewAddress(m.ReplyTo.Name, m.ReplyTo.Email) // an error leaves none
	m.Subject = cmp.Or(headerLine(m.Subject, maxSubject), noSubject)
	return m, nil
}

// recipients cleans the list and drops what it names twice.
func recipients(list []Address) ([]Address, *models.Verdict) {
	seen := make(map[string]bool, len(list))
	var kept []Address
	for i, entry := range list {
		address, err := NewAddress(entry.Name, entry.Email)
		if err != nil {
			return nil, giveUp(models.ErrorNoRecipient, fmt.Sprintf("Recipient %d of %d is not a usable e-mail address.", i+1, len(list)))
		}
		if key := strings.ToLower(address.Email); !seen[key] {
			seen[key] = true
			kept = append(kept, address)
		}
	}
	switch {
	case len(kept) == 0:
		return nil, giveUp(models.ErrorNoRecipient, "Nobody is listed to receive this mail.")
	case len(kept) > maxRecipients:
		return nil, giveUp(models.ErrorProviderRejected, fmt.Sprintf("The mail has more than %d recipients.", maxRecipients))
	}
	return kept, nil
}

func giveUp(code models.ErrorCode, message string) *models.Verdict {
	return &models.Verdict{Outcome: models.OutcomeGiveUp, Code: code, Message: message}
}
