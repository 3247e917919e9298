package leads

import (
	"context"

	"leadrail/models"
)

// MailStore keeps the mails of an installation without a provider.
type MailStore interface {
	Mails(ctx context.Context, limit int) ([]models.Mail, error)
	Mail(ctx context.Context, id string) (models.Mail, error)
}

// Outbox shows the mails that an installation without a provider keeps instead
// of sending them.
type Outbox struct{ Store MailStore }

// Mail is a mail as its readers see it.
type Mail struct {
	ID string `json:"id"`
	// MessageID is the delivery, or the alert, that the mail belongs to.
	MessageID string           `json:"messageId"`
	From      string           `json:"from"`
	To        []string         `json:"to"`
	ReplyTo   string           `json:"replyTo,omitempty"`
	Subject   string           `json:"subject"`
	Text      string           `json:"text"`
	HTML      string           `json:"html"`
	SentAt    models.Timestamp `json:"sentAt"`
}

// MailListInput bounds a list of mails.
type MailListInput struct {
	Limit int `form:"limit"`
}

// MailRef names a mail.
type MailRef struct {
	ID string `json:"-" uri:"id"`
}

// MailList is the newest mails.
type MailList struct {
	Data []Mail `json:"data"`
}

// Mails lists the newest mails, newest first.
func (o *Outbox) Mails(ctx context.Context, in MailListInput) (MailList, error) {
	limit, err := models.CheckLimit(in.Limit)
	if err != nil {
		return MailList{}, err
	}
	rows, err := o.Store.Mails(ctx, limit)
	if err != nil {
		return MailList{}, err
	}
	list := MailList{Data: make([]Mail, len(rows))}
	for i, row := range rows {
		list.Data[i] = viewMail(row)
	}
	return list, nil
}

// Mail reads one mail; it is not found when there is none of that id.
func (o *Outbox) Mail(ctx context.Context, ref MailRef) (Mail, error) {
	row, err := o.Store.Mail(ctx, ref.ID)
	if err != nil {
		return Mail{}, err
	}
	return viewMail(row), nil
}

func viewMail(row models.Mail) Mail {
	return Mail{
		ID: row.ID, MessageID: row.MessageID, From: row.Sender, To: row.Recipients, ReplyTo: row.ReplyTo,
		Subject: row.Subject, Text: row.Text, HTML: row.HTML, SentAt: models.At(row.SentAt),
	}
}
