package app

import (
	"context"
	"errors"
	"fmt"
	"net"

	"leadrail/internal/config"
	"leadrail/internal/id"
	"leadrail/internal/leads"
	"leadrail/internal/mail"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
	"leadrail/workflows"
)

// errNoProvider is what an attempt to send mail meets where nobody chose who
// sends it. It is trouble of ours: the attempt waits until somebody did.
var errNoProvider = errors.New("LEADRAIL_MAIL is not set: choose sendgrid or outbox")

// withLocalMail fills in what "up" does about mail where the configuration does
// not say: it is kept in the outbox, and links lead to the Temporal UI.
func withLocalMail(c config.Config, uiListen string) config.Config {
	if c.MailProvider() == "" {
		c.Mail = config.MailOutbox
	}
	if c.LeadURL == "" && uiListen != "" {
		c.LeadURL = fmt.Sprintf("http://%s/namespaces/%s/workflows/%s",
			loopbackOf(uiListen), c.TemporalNamespace, workflows.CaptureID("{submissionId}"))
	}
	return c
}

// newSender makes what sends mail; nil where nobody was chosen.
func newSender(c config.Config, db *store.Store, guard *webhook.Guard) (mail.Sender, error) {
	provider := c.MailProvider()
	if provider == "" {
		return nil, nil //nolint:nilnil // nobody is a choice
	}
	from, err := mail.ParseRecipient(c.MailFrom)
	if err != nil {
		return nil, fmt.Errorf("LEADRAIL_MAIL_FROM: %w", err)
	}
	if provider == config.MailOutbox {
		return mail.NewOutbox(mail.StoreFunc(keepIn(db)), from, now), nil
	}
	return mail.NewSendGrid(mail.Options{
		APIKey: c.SendGridAPIKey.Reveal(),
		Host:   c.SendGridHost,
		From:   from,
		Dial:   (&net.Dialer{ControlContext: guard.ControlContext}).DialContext,
		Now:    now,
	})
}

// outbox shows the mails that are kept; nil where they are sent.
func (p Parts) outbox() *leads.Outbox {
	if p.config.MailProvider() != config.MailOutbox {
		return nil
	}
	return &leads.Outbox{Store: p.store}
}

// keepIn stores the mails of the outbox.
func keepIn(db *store.Store) func(context.Context, mail.StoredMail) error {
	return func(ctx context.Context, m mail.StoredMail) error {
		return db.SaveMail(ctx, models.Mail{
			ID: id.New(id.Mail), MessageID: m.ID, Sender: m.From, Recipients: m.To, ReplyTo: m.ReplyTo,
			Subject: m.Subject, HTML: m.HTML, Text: m.Text, SentAt: m.SentAt,
		})
	}
}

// undecided stands where no sender was chosen.
type undecided struct{}

// Send implements mail.Sender.
func (undecided) Send(context.Context, mail.Message) (mail.Result, error) {
	return mail.Result{}, errNoProvider
}

// requireProvider refuses to run a worker without a mail provider over forms
// that send mail.
func requireProvider(ctx context.Context, sender mail.Sender, db *store.Store) error {
	if sender != nil {
		return nil
	}
	sends, err := db.HasEmailActions(ctx)
	if err != nil {
		return err
	}
	if sends {
		return fmt.Errorf("a form sends mail, and %w", errNoProvider)
	}
	return nil
}
