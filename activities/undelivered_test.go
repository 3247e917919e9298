package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/store"
)

// waiting is a database with forms whose deliveries wait.
type waiting struct {
	forms  []store.WaitingForm
	err    error
	claims []store.UndeliveredClaim
}

// ClaimUndelivered implements activities.UndeliveredStore.
func (w *waiting) ClaimUndelivered(_ context.Context, claim store.UndeliveredClaim) ([]store.WaitingForm, error) {
	w.claims = append(w.claims, claim)
	return w.forms, w.err
}

func TestTheRoundSaysWhatWaitsUndelivered(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	w := &waiting{forms: []store.WaitingForm{
		{FormID: "form_1", Count: 12, OldestAt: start.Add(-30 * time.Hour)},
		{FormID: "form_2", Count: 1, OldestAt: start.Add(-25*time.Hour - time.Millisecond)},
	}}
	r.undelivered = activities.Undelivered{Store: w, Log: r.logger(), After: 6 * time.Hour}
	_, err := r.run()
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]store.UndeliveredClaim{
		{At: start, FailedBefore: start.Add(-6 * time.Hour), Every: 24 * time.Hour},
	}, w.claims))
	require.Contains(t, r.log.String(), `level=ERROR msg="undelivered deliveries are waiting" formId=form_1 count=12 oldestAge=30h0m0s`)
	require.Contains(t, r.log.String(), "formId=form_2 count=1 oldestAge=25h0m0s")
}

func TestWhatWaitsUndeliveredKeepsNothingElseBack(t *testing.T) {
	t.Parallel()
	r := newRound(t, openLeads(1)...)
	r.due = []store.DueAlert{aDueAlert("form_1")}
	r.undelivered = activities.Undelivered{Store: &waiting{err: errors.New("away")}, Log: r.logger(), After: time.Hour}
	_, err := r.run()
	require.ErrorContains(t, err, "tell of undelivered: away")
	require.Len(t, r.taken, 1)
	require.Len(t, r.mails, 1)
}

func TestWithoutALimitNobodyAsksWhatWaits(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	w := &waiting{err: errors.New("nobody may ask")}
	r.undelivered = activities.Undelivered{Store: w, Log: r.logger()}
	_, err := r.run()
	require.NoError(t, err)
	require.Empty(t, w.claims)
}
