package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/mail"
	"leadrail/internal/store"
	"leadrail/models"
)

// waiting is a database with forms whose deliveries wait.
type waiting struct {
	forms  []store.WaitingForm
	err    error
	claims []store.UndeliveredClaim
	said   []string
}

// ClaimUndelivered implements activities.UndeliveredStore.
func (w *waiting) ClaimUndelivered(_ context.Context, claim store.UndeliveredClaim) ([]store.WaitingForm, error) {
	w.claims = append(w.claims, claim)
	return w.forms, w.err
}

// UndeliveredSaid implements activities.UndeliveredStore.
func (w *waiting) UndeliveredSaid(_ context.Context, formID string, at time.Time) error {
	if !at.Equal(start) {
		return errors.New("not by our clock")
	}
	w.said = append(w.said, formID)
	return nil
}

// waitingLong has the round find two forms whose deliveries have waited for longer
// than six hours.
func (r *round) waitingLong() *waiting {
	w := &waiting{forms: []store.WaitingForm{
		{FormID: "form_1", Count: 12, OldestAt: start.Add(-30 * time.Hour), ByCode: []store.CodeCount{
			{ErrorCode: models.ErrorTimeout, Count: 11}, {ErrorCode: models.ErrorGone, Count: 1},
		}},
		{FormID: "form_2", Count: 1, OldestAt: start.Add(-25*time.Hour - time.Millisecond)},
	}}
	r.undelivered = activities.Undelivered{Store: w, Alert: r.alert(), After: 6 * time.Hour}
	return w
}

func TestTheRoundSaysWhatWaitsUndelivered(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	w := r.waitingLong()
	result, err := r.run()
	require.NoError(t, err)
	require.Equal(t, activities.ReconcileResult{Alerts: 2}, result)
	require.Empty(t, cmp.Diff([]store.UndeliveredClaim{
		{At: start, FailedBefore: start.Add(-6 * time.Hour), Every: 24 * time.Hour, Again: 10 * time.Minute},
	}, w.claims))
	require.Contains(t, r.log.String(), `level=ERROR msg="undelivered deliveries are waiting" formId=form_1 count=12 oldestAge=30h0m0s`)
	require.Contains(t, r.log.String(), "formId=form_2 count=1 oldestAge=25h0m0s")

	require.Len(t, r.mails, 2)
	letter := r.mails[0]
	require.Equal(t, "undelivered_form_1_1795339800", letter.ID)
	require.Equal(t, []mail.Address{{Email: "owner@example.com"}}, letter.To)
	require.Equal(t, "12 deliveries wait undelivered: contact", letter.Subject)
	for _, told := range []string{"more than 6h ago", "    11 timeout\n    1 gone\n", "21 November 2026, 03:30 UTC", "leadrail replay -form form_1"} {
		require.Contains(t, letter.Text, told)
	}
	require.NotContains(t, r.log.String(), "owner@example.com")
	require.Equal(t, []string{"form_1", "form_2"}, w.said)
}

func TestWhoIsNotToldOfWhatWaits(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*round){
		"nobody can send mail":  func(r *round) { r.nobody = true },
		"the form names nobody": func(r *round) { r.form.Form.AlertEmail = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRound(t)
			prepare(r)
			w := r.waitingLong()
			result, err := r.run()
			require.NoError(t, err)
			require.Zero(t, result)
			require.Empty(t, r.mails)
			require.Equal(t, []string{"form_1", "form_2"}, w.said)
			require.Contains(t, r.log.String(), "formId=form_2", "the log is")
		})
	}
}

func TestALetterThatDoesNotLeaveIsTriedAgainInTenMinutes(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	w := r.waitingLong()
	r.send = func(message mail.Message) (mail.Result, error) {
		verdict := models.Verdict{Outcome: models.OutcomeDelivered}
		if len(r.mails) == 1 {
			verdict = models.Verdict{Outcome: models.OutcomeRetry, Code: models.ErrorRateLimited}
		}
		return mail.Result{Verdict: verdict}, nil
	}
	_, err := r.run()
	require.ErrorContains(t, err, "tell of undelivered: the alert was not sent: rate_limited")
	require.Equal(t, []string{"form_2"}, w.said, "the claim on the other ends by itself")
	require.Len(t, r.mails, 2, "and the other one is told")
}

func TestWhatWaitsUndeliveredKeepsNothingElseBack(t *testing.T) {
	t.Parallel()
	r := newRound(t, openLeads(1)...)
	r.due = []store.DueAlert{aDueAlert("form_1")}
	r.undelivered = activities.Undelivered{Store: &waiting{err: errors.New("away")}, Alert: r.alert(), After: time.Hour}
	_, err := r.run()
	require.ErrorContains(t, err, "tell of undelivered: away")
	require.Len(t, r.taken, 1)
	require.Len(t, r.mails, 1)
}

func TestWithoutALimitNobodyAsksWhatWaits(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	w := &waiting{err: errors.New("nobody may ask")}
	r.undelivered = activities.Undelivered{Store: w, Alert: r.alert()}
	_, err := r.run()
	require.NoError(t, err)
	require.Empty(t, w.claims)
}
