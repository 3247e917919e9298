package activities_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/mail"
	"leadrail/internal/mail/mailtest"
	"leadrail/models"
)

// watch is the alerts about a form's leads, over a database and a provider of
// their own.
type watch struct {
	desk

	provider *mailtest.SendGrid
	sender   mail.Sender
	log      bytes.Buffer
	// at is how long after start it is.
	at time.Duration
}

// newWatch has a form with an owner, and a provider that answers with the
// statuses and then takes every mail.
func newWatch(t *testing.T, script ...int) *watch {
	t.Helper()
	w := &watch{desk: newDesk(t, asItIs)}
	w.provider, w.sender = sendGrid(t, script...)
	record, err := w.store.Form(t.Context(), "form_1")
	require.NoError(t, err)
	record.Form.AlertEmail = "Olga <owner@example.com>"
	record.Form.Version++
	record.Version.Version++
	require.NoError(t, w.store.ReplaceForm(t.Context(), record))
	return w
}

// fail stores a lead whose first run failed at the time it is.
func (w *watch) fail(t *testing.T, id string) {
	t.Helper()
	failed := start.Add(w.at)
	_, err := w.store.Persist(t.Context(), models.Submission{
		ID: id, FormID: "form_1", FormVersion: 1, FormName: "contact", AgentID: "agent_1", RunSeq: 1,
		FormData: models.Document(`{"email":"ada@example.com"}`), SubmittedAt: start, CompletedAt: &failed,
		Status: models.StatusFailed, FailureReason: "webhook crm: gone",
	}, nil)
	require.NoError(t, err)
}

// tell runs the activity for the lead's first run.
func (w *watch) tell(ctx context.Context, id string) error {
	alert := &activities.Alert{
		Store: w.store, Sender: w.sender, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Now: func() time.Time { return start.Add(w.at) }, LeadURL: "https://leads.example.com/{submissionId}",
	}
	return alert.AlertFailed(ctx, activities.AlertInput{SubmissionID: id, RunSeq: 1})
}

func TestTheOwnerGetsOneMailInTenMinutes(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	for _, lead := range []struct {
		id    string
		at    time.Duration
		mails int
	}{
		{"sub_1", 0, 1},
		{"sub_2", time.Minute, 1},
		{"sub_3", 10*time.Minute - time.Second, 1},
		{"sub_4", 10 * time.Minute, 2},
		{"sub_5", 19 * time.Minute, 2},
	} {
		w.at = lead.at
		w.fail(t, lead.id)
		require.NoError(t, w.tell(t.Context(), lead.id))
		require.Len(t, w.provider.All(), lead.mails, lead.id)
	}
	mails := w.provider.All()
	require.Equal(t, "Lead failed: contact", mails[0].Subject)
	require.Equal(t, "3 leads failed: contact", mails[1].Subject, "those that were not told of are counted")
	require.Contains(t, mails[1].Text, "https://leads.example.com/sub_4")
}

func TestARepeatTellsOfTheSameLeadsUntilTheMailLeft(t *testing.T) {
	t.Parallel()
	w := newWatch(t, http.StatusServiceUnavailable, http.StatusUnauthorized)
	w.fail(t, "sub_1")
	require.ErrorContains(t, w.tell(t.Context(), "sub_1"), "http_status")
	w.at = time.Minute
	require.Error(t, w.tell(t.Context(), "sub_1"))
	w.at = 2 * time.Minute
	require.NoError(t, w.tell(t.Context(), "sub_1"))
	require.NoError(t, w.tell(t.Context(), "sub_1"), "told already")

	mails := w.provider.All()
	require.Len(t, mails, 3)
	for _, sent := range mails {
		require.Equal(t, map[string]string{"deliveryId": "alert_sub_1_1"}, sent.IDs)
		require.Equal(t, []mailtest.Address{{Name: "Olga", Email: "owner@example.com"}}, sent.To)
		require.Equal(t, mails[0].Text, sent.Text)
	}
	require.Equal(t, http.StatusAccepted, mails[2].Status)
}

func TestAlertsSayNothingOfPeople(t *testing.T) {
	t.Parallel()
	w := newWatch(t, http.StatusBadRequest)
	w.fail(t, "sub_1")
	require.NoError(t, w.tell(t.Context(), "sub_1"), "one that was rejected is not sent again")
	require.Len(t, w.provider.All(), 1)
	require.Contains(t, w.log.String(), `msg="lead failed" submissionId=sub_1`)
	require.Contains(t, w.log.String(), `msg="alert gave up" formId=form_1 code=provider_rejected`)
	sent := w.provider.All()[0]
	for _, private := range []string{"ada@example.com", "owner@example.com", "Olga", "SG.secret"} {
		require.NotContains(t, w.log.String()+sent.Subject+sent.Text+sent.HTML, private)
	}
}

func TestAnAlertWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	w.fail(t, "sub_1")
	away, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorContains(t, w.tell(away, "sub_1"), "alert: ")
	require.Empty(t, w.provider.All())
}

func TestTheOwnerOfADeletedFormIsTold(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	require.NoError(t, w.store.DeleteForm(t.Context(), "form_1", 0, start))
	w.fail(t, "sub_1")
	require.NoError(t, w.tell(t.Context(), "sub_1"))
	require.Len(t, w.provider.All(), 1)
}
