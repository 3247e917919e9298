package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// storeWithLead is a store with a lead that has one delivery.
func storeWithLead(t *testing.T) *store.Store {
	t.Helper()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	storeLead(t, s, aLead("sub_1"), "crm")
	return s
}

// opening is attempt n before its request.
func opening(n int) models.Attempt {
	return models.Attempt{DeliveryID: "dlv_crm", RunSeq: 1, N: n, ActionID: "act_crm", Trigger: models.TriggerFirst, StartedAt: minute(n)}
}

// openAttempt opens an attempt that can be opened.
func openAttempt(t *testing.T, s *store.Store, attempt models.Attempt) store.Job {
	t.Helper()
	job, err := s.OpenAttempt(t.Context(), attempt)
	require.NoError(t, err)
	return job
}

func TestOpenAttemptReadsWhatTheAttemptNeeds(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	job := openAttempt(t, s, opening(1))
	require.Empty(t, cmp.Diff(opening(1), job.Attempt))
	require.Equal(t, "dlv_crm", job.Delivery.ID)
	require.Equal(t, "sub_1", job.Submission.ID)
	require.Equal(t, "https://example.com/crm", job.Destination.URL)
	action, found := job.Action()
	require.True(t, found)
	require.Equal(t, "crm", action.Name)
	require.Len(t, read(t, s, "sub_1").Deliveries[0].Attempts, 1)
}

func TestOpenAttemptAgainKeepsTheFirstRow(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	openAttempt(t, s, opening(1))
	repeat := opening(1)
	repeat.Trigger, repeat.StartedAt = models.TriggerRetryNow, minute(9)
	job := openAttempt(t, s, repeat)
	require.Empty(t, cmp.Diff(opening(1), job.Attempt), "still open, as it was")

	attempt := closed("crm", 1, refused())
	attempt.RetryAfter = 90 * time.Second
	attempt.Phases = models.Phases{DNSMS: 1, ConnectMS: 2, TLSMS: 3, FirstByteMS: 4}
	require.NoError(t, s.CloseAttempt(t.Context(), attempt))
	want := opening(1)
	want.FinishedAt, want.DurationMS, want.Response, want.Address = attempt.FinishedAt, 120, "{}", "192.0.2.1:443"
	want.Phases = attempt.Phases
	want.Record(attempt.Verdict())
	require.Empty(t, cmp.Diff(want, openAttempt(t, s, repeat).Attempt), "closed, with its verdict")
	require.Len(t, read(t, s, "sub_1").Deliveries[0].Attempts, 1)
}

func TestDestinationIsLiveAndDefinitionIsTheLeads(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	form := aForm("crm")
	form.Form.Version, form.Version.Version = 2, 2
	form.Version.Definition.Actions[0].Response = models.ResponseAny
	form.Destinations[0].URL = "https://example.com/corrected"
	require.NoError(t, s.ReplaceForm(t.Context(), form))

	job := openAttempt(t, s, opening(2))
	require.Equal(t, "https://example.com/corrected", job.Destination.URL)
	destination, err := s.DestinationOf(t.Context(), "dlv_crm")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(job.Destination, destination))
	action, found := job.Action()
	require.True(t, found)
	require.Equal(t, models.ResponseJSON, action.Response)
}

func TestOpenAttemptOfNothing(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	unknown := opening(1)
	unknown.DeliveryID = "dlv_none"
	_, err := s.OpenAttempt(t.Context(), unknown)
	requireReason(t, store.ReasonErased, err)
	_, err = s.DestinationOf(t.Context(), "dlv_none")
	requireCode(t, models.CodeNotFound, err)

	orphan := aLead("sub_2")
	orphan.FormVersion = 9
	_, err = s.Persist(t.Context(), orphan, []models.Delivery{{
		ID: "dlv_orphan", SubmissionID: "sub_2", ActionID: "act_crm", Type: models.ActionWebhook,
		Status: models.DeliveryPending, RunSeq: 1, CreatedAt: start, UpdatedAt: start,
	}})
	require.NoError(t, err)
	unknown.DeliveryID = "dlv_orphan"
	_, err = s.OpenAttempt(t.Context(), unknown)
	requireReason(t, store.ReasonNoVersion, err)

	elsewhere := aLead("sub_3")
	storeLead(t, s, elsewhere, "elsewhere")
	unknown.DeliveryID = "dlv_elsewhere"
	_, err = s.OpenAttempt(t.Context(), unknown)
	requireReason(t, store.ReasonNoDestination, err)
}

// requireReason checks what was not found.
func requireReason(t *testing.T, reason string, err error) {
	t.Helper()
	requireCode(t, models.CodeNotFound, err)
	var coded *models.Error
	require.ErrorAs(t, err, &coded)
	require.Equal(t, reason, coded.Reason)
}

func TestActionThatTheVersionDoesNotHave(t *testing.T) {
	t.Parallel()
	_, found := store.Job{Delivery: models.Delivery{ActionID: "act_crm"}}.Action()
	require.False(t, found)
}

func TestCloseAttemptTwiceKeepsTheFirstVerdict(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	openAttempt(t, s, opening(1))
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 1, refused())))
	before := read(t, s, "sub_1")
	require.Equal(t, refused(), before.Deliveries[0].Attempts[0].Verdict())
	require.Equal(t, models.DeliveryPending, before.Deliveries[0].Status, "only the workflow knows what comes next")

	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 1, delivered())))
	require.Empty(t, cmp.Diff(before, read(t, s, "sub_1")))
}

func TestSuccessIsVisibleAtOnce(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	openAttempt(t, s, opening(1))
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 1, refused())))
	require.NoError(t, s.MarkRetrying(t.Context(), retryOf("crm", 1)))
	openAttempt(t, s, opening(2))
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 2, delivered())))

	lead := read(t, s, "sub_1")
	delivery := lead.Deliveries[0]
	require.Equal(t, models.StatusRetrying, lead.Status, "the run says when the lead is done")
	require.Equal(t, models.DeliveryDelivered, delivery.Status)
	require.Equal(t, 2, delivery.Attempt)
	require.Empty(t, delivery.ErrorCode)
	require.Empty(t, delivery.Error)
	require.Nil(t, delivery.NextAttemptAt)
	require.True(t, delivery.UpdatedAt.Equal(minute(2)))
	require.Len(t, delivery.Attempts, 2)
}
