package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// finalize ends run 1 of sub_1 in minute 9.
func finalize(t *testing.T, s *store.Store, conclusion models.Conclusion) models.Submission {
	t.Helper()
	require.NoError(t, s.Finalize(t.Context(), "sub_1", 1, conclusion, minute(9)))
	return read(t, s, "sub_1")
}

func TestMarkRetryingTellsOfTheWait(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	openAttempt(t, s, opening(1)) // by a worker that could not close it
	require.NoError(t, s.MarkRetrying(t.Context(), retryOf("crm", 1)))

	lead := read(t, s, "sub_1")
	delivery, attempt := lead.Deliveries[0], lead.Deliveries[0].Attempts[0]
	require.Equal(t, models.StatusRetrying, lead.Status)
	require.Equal(t, models.DeliveryRetrying, delivery.Status)
	require.Equal(t, 1, delivery.Attempt)
	require.Equal(t, models.ErrorHTTPStatus, delivery.ErrorCode)
	require.Equal(t, refused().Message, delivery.Error)
	require.True(t, delivery.NextAttemptAt.Equal(minute(2)))
	require.Equal(t, refused(), attempt.Verdict(), "the open attempt is mended")
	require.True(t, attempt.FinishedAt.Equal(minute(1)))
}

func TestFinalizeEndsEveryDelivery(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "mailing", "never")))
	storeLead(t, s, aLead("sub_1"), "crm", "mailing", "never")
	openAttempt(t, s, opening(1))
	mailing := opening(1)
	mailing.DeliveryID = "dlv_mailing"
	openAttempt(t, s, mailing)
	require.NoError(t, s.MarkRetrying(t.Context(), retryOf("mailing", 1)))

	cancelled := models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled, Message: "cancelled before it was tried"}
	lead := finalize(t, s, models.Conclusion{Outcomes: []models.DeliveryOutcome{
		outcomeOf("crm", 1, delivered()), outcomeOf("mailing", 1, refused()), outcomeOf("never", 0, cancelled),
	}})
	require.Equal(t, models.StatusFailed, lead.Status)
	require.Equal(t, "webhook mailing: http_status: the endpoint answered 500; "+
		"webhook never: cancelled: cancelled before it was tried", lead.FailureReason)
	require.True(t, lead.CompletedAt.Equal(minute(9)))

	crm, tried, never := lead.Deliveries[0], lead.Deliveries[1], lead.Deliveries[2]
	require.Equal(t, models.DeliveryDelivered, crm.Status)
	require.Equal(t, 1, crm.Attempt)
	require.Equal(t, delivered(), crm.Attempts[0].Verdict(), "an attempt that was left open is mended")
	require.True(t, crm.Attempts[0].FinishedAt.Equal(minute(9)))

	require.Equal(t, models.DeliveryFailed, tried.Status)
	require.Equal(t, refused().Message, tried.Error)
	require.Nil(t, tried.NextAttemptAt, "nothing is due any more")
	require.True(t, tried.Attempts[0].FinishedAt.Equal(minute(1)), "one that was closed stays")

	require.Equal(t, models.DeliveryFailed, never.Status)
	require.Zero(t, never.Attempt)
	require.Equal(t, models.ErrorCancelled, never.ErrorCode)
	require.Empty(t, never.Attempts)
}

func TestFinalizeWithoutDeliveriesCompletes(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	storeLead(t, s, aLead("sub_1"))
	lead := finalize(t, s, models.Conclusion{})
	require.Equal(t, models.StatusCompleted, lead.Status)
	require.Empty(t, lead.FailureReason)
	require.True(t, lead.CompletedAt.Equal(minute(9)))
}

func TestTheFirstConclusionStands(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	first := finalize(t, s, models.Conclusion{Outcomes: []models.DeliveryOutcome{outcomeOf("crm", 4, refused())}})
	require.NoError(t, s.Finalize(t.Context(), "sub_1", 1,
		models.Conclusion{Outcomes: []models.DeliveryOutcome{outcomeOf("crm", 1, delivered())}}, minute(10)))
	require.Empty(t, cmp.Diff(first, read(t, s, "sub_1")))
}

func TestFinalizeKeepsOtherLeadsAsTheyAre(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	storeLead(t, s, aLead("sub_2"), "mailing")
	before := read(t, s, "sub_2")
	finalize(t, s, models.Conclusion{Outcomes: []models.DeliveryOutcome{outcomeOf("crm", 1, delivered())}})
	require.Empty(t, cmp.Diff(before, read(t, s, "sub_2")))
	require.NoError(t, s.Finalize(t.Context(), "sub_none", 1, models.Conclusion{}, minute(9)), "a lead that was erased")
}

// Temporal's own tools hand over whatever somebody typed.
func TestACancelledRunEndsWhateverItsReason(t *testing.T) {
	t.Parallel()
	lead := finalize(t, storeWithLead(t), models.Conclusion{
		Outcomes:  []models.DeliveryOutcome{outcomeOf("crm", 1, models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled})},
		Cancelled: true, CancelReason: "a\x00b\nc",
	})
	require.Equal(t, "cancelled: a b c", lead.FailureReason)
}

func TestReasonsWithAnyTextAreKept(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	verdict := refused()
	verdict.Message = `it said "no" \ <b>&</b> ? $1 @x ` + "\u2028 😀"
	lead := finalize(t, s, models.Conclusion{Outcomes: []models.DeliveryOutcome{outcomeOf("crm", 1, verdict)}})
	require.Equal(t, verdict.Message, lead.Deliveries[0].Error)
	require.Contains(t, lead.FailureReason, verdict.Message)
}
