package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// dismiss dismisses a delivery of sub_1 in minute 40.
func dismiss(t *testing.T, s *store.Store, name, reason string) {
	t.Helper()
	require.NoError(t, s.Dismiss(t.Context(), store.Dismissal{DeliveryID: "dlv_" + name, By: "key_1", Reason: reason, At: minute(40)}))
}

func TestADismissedDeliveryLeavesTheList(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	lead := failedLead(t, s)
	want := deliveryOf(t, s, "crm")
	dismiss(t, s, "crm", "entered by hand")

	at := minute(40)
	want.Status, want.DismissedAt, want.DismissedBy, want.DismissReason = models.DeliveryDismissed, &at, "key_1", "entered by hand"
	require.Empty(t, cmp.Diff(want, deliveryOf(t, s, "crm")), "it still tells when it gave up, and why")
	require.Equal(t, []string{"dlv_mailing"}, undelivered(t, s, store.UndeliveredFilter{Limit: 10}))
	totals, err := s.UndeliveredTotals(t.Context(), store.UndeliveredFilter{})
	require.NoError(t, err)
	require.Equal(t, 1, totals.Deliveries)
	dismiss(t, s, "mailing", "entered by hand")
	after := read(t, s, "sub_1")
	require.Equal(t, models.StatusFailed, after.Status)
	require.Equal(t, lead.FailureReason, after.FailureReason)

	dismiss(t, s, "crm", "another reason")
	require.Equal(t, "entered by hand", deliveryOf(t, s, "crm").DismissReason, "the first stands")
}

func TestWhatDidNotGiveUpIsNotDismissed(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	beginReplay(t, s, replayOf("crm"))
	before := read(t, s, "sub_1")
	for name, status := range map[string]models.DeliveryStatus{
		"crm": models.DeliveryPending, "chat": models.DeliveryDelivered, "mailing": models.DeliveryFailed,
	} {
		dismiss(t, s, name, "no more")
		require.Equal(t, status, deliveryOf(t, s, name).Status)
	}
	require.Empty(t, cmp.Diff(before, read(t, s, "sub_1")), "while its lead is replayed, nothing is")
}

func TestADismissedDeliveryIsReplayedWhenItIsNamed(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	dismiss(t, s, "crm", "no more")
	dismiss(t, s, "mailing", "no more")
	count, err := s.CountReplayable(t.Context(), store.SubmissionFilter{})
	require.NoError(t, err)
	require.Zero(t, count, "a replay of many leads leaves it out")
	replay := replayOf("crm")
	_, err = s.BeginReplay(t.Context(), replay)
	require.Equal(t, models.CodeConflict, models.CodeOf(err), "it was dismissed after it was chosen")
	require.Equal(t, models.DeliveryDismissed, deliveryOf(t, s, "crm").Status)
	replay.Named = true
	beginReplay(t, s, replay)
	require.Equal(t, models.DeliveryPending, deliveryOf(t, s, "crm").Status)
	require.Equal(t, models.DeliveryDismissed, deliveryOf(t, s, "mailing").Status)
}
