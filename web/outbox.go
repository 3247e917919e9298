package web

import (
	"context"
	"net/http"

	"leadrail/internal/leads"
)

// Outbox is the pages of the mails that were kept instead of sent.
type Outbox struct{ Mails *leads.Outbox }

// Paths of the outbox.
const (
	OutboxPath     = "/outbox"
	OutboxMailPath = "/outbox/:id"
	OutboxBodyPath = "/outbox/:id/html"
)

// List shows the newest mails.
func (o Outbox) List(ctx context.Context) (Page, error) {
	list, err := o.Mails.Mails(ctx, leads.MailListInput{Limit: 0})
	if err != nil {
		return Page{}, err
	}
	return render("outbox.html.tmpl", list)
}

// Mail shows one mail: its head and its text, and its HTML part in a frame.
func (o Outbox) Mail(ctx context.Context, id string) (Page, error) {
	mail, err := o.Mails.Mail(ctx, leads.MailRef{ID: id})
	if err != nil {
		return Page{}, err
	}
	return render("mail.html.tmpl", mail)
}

// Body is the HTML part of one mail, as a document that may do nothing.
func (o Outbox) Body(ctx context.Context, id string) (Page, error) {
	mail, err := o.Mails.Mail(ctx, leads.MailRef{ID: id})
	if err != nil {
		return Page{}, err
	}
	return Page{Policy: bodyPolicy, Body: []byte(mail.HTML)}, nil
}

// Page is a document with the content security policy that it is shown under.
type Page struct {
	Policy string
	Body   []byte
}

// Content security policies: ours allows our own style and frames, that of a
// mail's body allows the styles that mails carry and nothing else.
const (
	pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	bodyPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)

// WriteTo answers with the page.
func (p Page) WriteTo(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", p.Policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	w.Write(p.Body) // an error means that the reader has gone
}
