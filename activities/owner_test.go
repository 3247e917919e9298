package activities_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"leadrail/activities"
	"leadrail/internal/mail"
	"leadrail/internal/store"
	"leadrail/models"
)

// owner is who wants to know of failed leads, with a store and a provider made
// of values. At first one lead failed, and every mail leaves.
type owner struct {
	t *testing.T

	lead    models.Submission
	form    store.FormRecord
	count   int // what ClaimAlert tells
	due     []store.DueAlert
	dueErr  error
	sentErr error
	send    func(mail.Message) (mail.Result, error)
	// nobody is there to send mail.
	nobody bool

	claims []store.AlertClaim
	mails  []mail.Message
	told   []store.AlertKey
	log    bytes.Buffer
}

func newOwner(t *testing.T) *owner {
	t.Helper()
	failedAt := start.Add(-time.Minute)
	o := &owner{t: t, count: 1}
	o.lead = models.Submission{
		ID: "sub_1", FormID: "form_1", RunSeq: 2, Status: models.StatusFailed, FailureReason: "webhook crm: gone",
		SubmittedAt: start.Add(-time.Hour), CompletedAt: &failedAt,
	}
	o.form.Form = models.Form{ID: "form_1", Name: "contact", AlertEmail: "owner@example.com"}
	o.form.Version.Definition.Title = "Contact us"
	o.send = func(mail.Message) (mail.Result, error) {
		return mail.Result{Verdict: models.Verdict{Outcome: models.OutcomeDelivered}}, nil
	}
	return o
}

func now() time.Time { return start }

func (o *owner) logger() *slog.Logger { return slog.New(slog.NewTextHandler(&o.log, nil)) }

func (o *owner) alert() *activities.Alert {
	alert := &activities.Alert{
		Store: o, Sender: o, Log: o.logger(), Now: now, LeadURL: "https://leads.example.com/{submissionId}",
	}
	if o.nobody {
		alert.Sender = nil
	}
	return alert
}

// Submission implements activities.Failures.
func (o *owner) Submission(context.Context, string) (models.Submission, error) { return o.lead, nil }

// Form implements activities.Failures.
func (o *owner) KeptForm(context.Context, string) (store.FormRecord, error) { return o.form, nil }

// ClaimAlert implements activities.Alerts.
func (o *owner) ClaimAlert(_ context.Context, claim store.AlertClaim) (int, error) {
	o.claims = append(o.claims, claim)
	return o.count, nil
}

// DueAlerts implements activities.Alerts.
func (o *owner) DueAlerts(context.Context, time.Time, time.Duration) ([]store.DueAlert, error) {
	return o.due, o.dueErr
}

// AlertSent implements activities.Alerts.
func (o *owner) AlertSent(_ context.Context, key store.AlertKey) error {
	o.told = append(o.told, key)
	return o.sentErr
}

// Send implements mail.Sender.
func (o *owner) Send(_ context.Context, message mail.Message) (mail.Result, error) {
	o.mails = append(o.mails, message)
	return o.send(message)
}
