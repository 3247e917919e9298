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
	Failures
	Alerts
}

// Failures are the leads that alerts are about.
type Failures interface {
	Submission(ctx context.Context, id string) (models.Submission, error)
	// KeptForm reads a form that may have been deleted.
	KeptForm(ctx context.Context, id string) (store.FormRecord, error)
}

// Alerts is who was told of what.
type Alerts interface {
	ClaimAlert(ctx context.Context, claim store.AlertClaim) (tell int, err error)
	DueAlerts(ctx context.Context, at time.Time, every time.Duration) ([]store.DueAlert, error)
	AlertSent(ctx context.Context, key store.AlertKey) error
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
// form names one, at most one mail in alertEvery; what is not told here the
// reconciler tells later. A lead that was replayed since is not told of.
func (a *Alert) AlertFailed(ctx context.Context, in AlertInput) error {
	lead, err := a.Store.Submission(ctx, in.SubmissionID)
	if models.CodeOf(err) == models.CodeNotFound {
		return nil // it was erased
	}
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	if lead.Status != models.StatusFailed || lead.RunSeq != in.RunSeq {
		return nil
	}
	a.logFailed(ctx, store.EndedLead{ID: lead.ID, FormID: lead.FormID, FailureReason: lead.FailureReason})
	record, err := a.Store.KeptForm(ctx, lead.FormID)
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	if record.Form.AlertEmail == "" || a.Sender == nil {
		return nil
	}
	key := store.AlertKey{FormID: lead.FormID, SubmissionID: lead.ID, RunSeq: lead.RunSeq}
	count, err := a.Store.ClaimAlert(ctx, store.AlertClaim{AlertKey: key, At: a.Now(), Every: alertEvery})
	if err != nil || count == 0 {
		return err
	}
	due := store.DueAlert{
		FormID: lead.FormID, SubmissionID: lead.ID, RunSeq: lead.RunSeq,
		FailureReason: lead.FailureReason, FailedAt: lead.SubmittedAt, Count: count,
	}
	if lead.CompletedAt != nil {
		due.FailedAt = *lead.CompletedAt
	}
	return a.tell(ctx, record, due, key)
}

// logFailed is for those who watch the log.
func (a *Alert) logFailed(ctx context.Context, lead store.EndedLead) {
	a.Log.ErrorContext(ctx, "lead failed", "submissionId", lead.ID, "formId", lead.FormID, "reason", lead.FailureReason)
}

// tellDue writes the mails about leads that failed too early after the mail
// before, and returns how many left. One that does not leave is no reason to
// keep the others back.
func (a *Alert) tellDue(ctx context.Context, alive func()) (told int, err error) {
	if a.Sender == nil {
		return 0, nil
	}
	alerts, err := a.Store.DueAlerts(ctx, a.Now(), alertEvery)
	for _, due := range alerts {
		alive()
		record, failure := a.Store.KeptForm(ctx, due.FormID)
		if failure == nil {
			failure = a.tell(ctx, record, due, store.AlertKey{FormID: due.FormID})
		}
		if failure == nil {
			told++
		}
		err = errors.Join(err, failure)
	}
	return told, err
}

// tell writes one mail, for the key that it was claimed for. Once the mail has
// left, no error asks for another.
func (a *Alert) tell(ctx context.Context, record store.FormRecord, due store.DueAlert, key store.AlertKey) error {
	if err := a.send(ctx, record, due); err != nil {
		return err
	}
	if err := a.Store.AlertSent(ctx, key); err != nil {
		a.Log.WarnContext(ctx, "an alert that left will be sent again", "formId", due.FormID, "error", err)
	}
	return nil
}

func (a *Alert) send(ctx context.Context, record store.FormRecord, due store.DueAlert) error {
	content, err := mail.Alert{
		FormName: record.Form.Name,
		Title:    record.Version.Definition.Title,
		Reason:   due.FailureReason,
		LeadURL:  models.LeadURL(a.LeadURL, due.SubmissionID),
		FailedAt: due.FailedAt,
		Count:    due.Count,
		Off:      switchedOff(record),
	}.Render()
	if err != nil {
		return err
	}
	return a.mailOwner(ctx, record, alertID(due), content)
}

// mailOwner sends a mail to who is told of a form. An error asks for another try.
func (a *Alert) mailOwner(ctx context.Context, record store.FormRecord, id string, content mail.Content) error {
	owner, err := mail.ParseRecipient(record.Form.AlertEmail)
	if err != nil {
		return nil //nolint:nilerr // checked when the form was saved; another try would not help
	}
	result, err := a.Sender.Send(ctx, mail.Message{ID: id, To: []mail.Address{owner}, Content: content})
	if err != nil {
		return err
	}
	if !result.Verdict.Final() {
		return fmt.Errorf("%w: %s", errNotSent, result.Verdict.Code)
	}
	if !result.Verdict.Delivered() {
		a.Log.ErrorContext(ctx, "alert gave up", "formId", record.Form.ID, "code", string(result.Verdict.Code))
	}
	return nil
}

// switchedOff lists the actions of the form's newest version that are off, with
// the reasons.
func switchedOff(record store.FormRecord) []mail.Field {
	named := map[string]bool{}
	for _, action := range record.Version.Definition.Actions {
		named[action.ID] = true
	}
	var off []mail.Field
	for _, destination := range record.Destinations {
		if named[destination.ActionID] && !destination.Enabled {
			off = append(off, mail.Field{Name: destination.Name, Value: destination.DisabledReason})
		}
	}
	return off
}

// alertID marks the mail, the same over all tries.
func alertID(due store.DueAlert) string {
	return fmt.Sprintf("alert_%s_%d", due.SubmissionID, due.RunSeq)
}
