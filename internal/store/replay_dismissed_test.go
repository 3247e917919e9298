package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// manyOf is the part of a replay of many leads that crm and mailing of sub_1 are.
func manyOf(t *testing.T, s *store.Store) store.Replay {
	t.Helper()
	_, err := s.CreateReplay(t.Context(), aReplay(), store.SubmissionFilter{})
	require.NoError(t, err)
	replay := replayOf("crm", "mailing")
	replay.Bulk = "rpl_1"
	return replay
}

// Somebody dismisses a delivery between the look at the lead and its replay.
func TestAReplayOfManyMakesWhatIsLeftOfALead(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	replay := manyOf(t, s)
	dismiss(t, s, "crm", "entered by hand")
	beginReplay(t, s, replay)
	require.Equal(t, models.DeliveryDismissed, deliveryOf(t, s, "crm").Status)
	require.Equal(t, models.DeliveryPending, deliveryOf(t, s, "mailing").Status)
}

func TestAReplayOfManyLeavesALeadOfWhichNothingIsLeft(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	replay := manyOf(t, s)
	dismiss(t, s, "crm", "entered by hand")
	dismiss(t, s, "mailing", "entered by hand")
	_, err := s.BeginReplay(t.Context(), replay)
	requireCode(t, models.CodeConflict, err)
	require.Equal(t, models.StatusFailed, read(t, s, "sub_1").Status)
}
