package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"leadrail/internal/mail"
	"leadrail/internal/store"
	"leadrail/models"
)

// alertEvery is the least time between two alerts about one form.
const alertEvery = 10 * time.Minute

// AlertStore is what an alert needs to know.
type AlertStore interface {
	Submission(ctx context.Context, id string) (models.Submission, error)
	Form(ctx context.Context, id string) (store.FormRecord, error)
	ClaimAlert(ctx context.Context, claim store.AlertClaim) (tell int, err error)
}

// Alert tells people of leads that failed.
type Alert struct {
	Store AlertStore
	// Sender is nil where no way to send mail was chosen.
	Sender mail.Sender
	Log    *slog.Logger
	Now    func() time.Time
	// LeadURL is the template that models.LeadURL fills in.
	LeadURL string
}

// AlertInput names a run that failed.
type AlertInput struct {
	SubmissionID string
	RunSeq       int
}

// errNotSent asks for another try.
var errNotSent = errors.New("the alert was not sent")

// AlertFailed logs that a lead failed and writes to its form's owner, where the
// form names one, at most one mail in alertEvery. A lead that was replayed since
// is not told of.
func (a *Alert) AlertFailed(ctx context.Context, in AlertInput) error {
	lead, err := a.Store.Submission(ctx, in.SubmissionID)
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	if lead.Status != models.StatusFailed || lead.RunSeq != in.RunSeq {
		return nil
	}
	a.Log.ErrorContext(ctx, "lead failed", "submissionId", lead.ID, "formId", lead.FormID, "reason", lead.FailureReason)
	record, err := a.Store.Form(ctx, lead.FormID)
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	if record.Form.AlertEmail == "" || a.Sender == nil {
		return nil
	}
	count, err := a.Store.ClaimAlert(ctx, store.AlertClaim{
		FormID: lead.FormID, SubmissionID: lead.ID, At: a.Now(), Every: alertEvery,
	})
	if err != nil || count == 0 {
		return err
	}
	return a.write(ctx, lead, record, count)
}

func (a *Alert) write(ctx context.Context, lead models.Submission, record store.FormRecord, count int) error {
	owner, err := mail.ParseRecipient(record.Form.AlertEmail)
	if err != nil {
		return nil //nolint:nilerr // checked when the form was saved; another try would not help
	}
	failedAt := lead.SubmittedAt
	if lead.CompletedAt != nil {
		failedAt = *lead.CompletedAt
	}
	content, err := mail.Alert{
		FormName: record.Form.Name,
		Title:    record.Version.Definition.Title,
		Reason:   lead.FailureReason,
		LeadURL:  models.LeadURL(a.LeadURL, lead.ID),
		FailedAt: failedAt,
		Count:    count,
	}.Render()
	if err != nil {
		return err
	}
	result, err := a.Sender.Send(ctx, mail.Message{ID: alertID(lead), To: []mail.Address{owner}, Content: content})
	if err != nil {
		return err
	}
	if !result.Verdict.Final() {
		return fmt.Errorf("%w: %s", errNotSent, result.Verdict.Code)
	}
	if !result.Verdict.Delivered() {
		a.Log.ErrorContext(ctx, "alert gave up", "formId", lead.FormID, "code", string(result.Verdict.Code))
	}
	return nil
}

// alertID marks the mail, the same over all tries.
func alertID(lead models.Submission) string { return fmt.Sprintf("alert_%s_%d", lead.ID, lead.RunSeq) }
