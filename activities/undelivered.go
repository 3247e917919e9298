package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"leadrail/internal/mail"
	"leadrail/internal/store"
	"leadrail/models"
)

// undeliveredEvery is the least time in which it is said again that deliveries of
// one form wait.
const undeliveredEvery = 24 * time.Hour

// Undelivered says that deliveries which gave up wait for somebody to see to them.
type Undelivered struct {
	Store UndeliveredStore
	// Alert writes to the owners of forms, and has the log.
	Alert *Alert
	// After is how long they may wait; 0 is for ever.
	After time.Duration
}

// UndeliveredStore is where such deliveries are found.
type UndeliveredStore interface {
	ClaimUndelivered(ctx context.Context, claim store.UndeliveredClaim) ([]store.WaitingForm, error)
	UndeliveredSaid(ctx context.Context, formID string, at time.Time) error
}

// tell logs each form with deliveries that have waited too long and writes to its
// owner, where the form names one. It returns how many mails left; what does not
// leave, because of the mail or of the worker, is tried again after alertEvery.
func (u Undelivered) tell(ctx context.Context, at time.Time, alive func()) (told int, err error) {
	if u.After == 0 {
		return 0, nil
	}
	forms, err := u.Store.ClaimUndelivered(ctx, store.UndeliveredClaim{
		At: at, FailedBefore: at.Add(-u.After), Every: undeliveredEvery, Again: alertEvery,
	})
	if err != nil {
		return 0, fmt.Errorf("tell of undelivered: %w", err)
	}
	for _, form := range forms {
		alive()
		u.Alert.Log.ErrorContext(ctx, "undelivered deliveries are waiting",
			"formId", form.FormID, "count", form.Count, "oldestAge", at.Sub(form.OldestAt).Round(time.Second))
		sent, failure := u.mail(ctx, form, at)
		if sent {
			told++
		}
		if failure == nil {
			failure = u.Store.UndeliveredSaid(ctx, form.FormID, at)
		}
		if failure != nil {
			err = errors.Join(err, fmt.Errorf("tell of undelivered: %w", failure))
		}
	}
	return told, err
}

// mail writes to the owner of a form, if there is one.
func (u Undelivered) mail(ctx context.Context, form store.WaitingForm, at time.Time) (sent bool, err error) {
	if u.Alert.Sender == nil {
		return false, nil
	}
	record, err := u.Alert.Store.KeptForm(ctx, form.FormID)
	if models.CodeOf(err) == models.CodeNotFound || err == nil && record.Form.AlertEmail == "" {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	content, err := u.letter(record, form).Render()
	if err == nil {
		err = u.Alert.mailOwner(ctx, record, fmt.Sprintf("undelivered_%s_%d", form.FormID, at.Unix()), content)
	}
	return err == nil, err
}

func (u Undelivered) letter(record store.FormRecord, form store.WaitingForm) mail.Undelivered {
	letter := mail.Undelivered{
		FormID: form.FormID, FormName: record.Form.Name, Title: record.Version.Definition.Title,
		Count: form.Count, After: models.Duration(u.After), OldestAt: form.OldestAt,
	}
	for _, each := range form.ByCode {
		letter.ByCode = append(letter.ByCode, mail.CodeCount{Code: string(each.ErrorCode), Count: each.Count})
	}
	return letter
}
