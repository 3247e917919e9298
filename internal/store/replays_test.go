package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// aReplay is one of the leads that had failed by minute 20.
func aReplay() models.Replay {
	return models.Replay{ID: "rpl_1", Status: models.ReplayRunning, RatePerSecond: 10, CreatedAt: minute(20)}
}

// storeEnded stores a lead of a minute whose one delivery ended so.
func storeEnded(t *testing.T, s *store.Store, id string, at int, verdict models.Verdict) {
	t.Helper()
	lead := aLead("sub_" + id)
	lead.SubmittedAt = minute(at)
	storeLead(t, s, lead, id)
	require.NoError(t, s.Finalize(t.Context(), lead.ID, 1, models.Conclusion{
		Outcomes: []models.DeliveryOutcome{outcomeOf(id, 1, verdict)},
	}, minute(at)))
}

// severalLeads are two failed ones of before the replay, and others.
func severalLeads(t *testing.T, s *store.Store) {
	t.Helper()
	storeEnded(t, s, "b", 2, refused())
	storeEnded(t, s, "a", 1, refused())
	storeEnded(t, s, "done", 3, delivered())
	storeEnded(t, s, "late", 21, refused())
	storeLead(t, s, aLead("sub_open"), "open")
	other := aLead("sub_other")
	other.FormID = "form_2"
	storeLead(t, s, other, "other")
	require.NoError(t, s.Finalize(t.Context(), "sub_other", 1, models.Conclusion{
		Outcomes: []models.DeliveryOutcome{outcomeOf("other", 1, refused())},
	}, minute(9)))
}

func TestAReplayFindsTheFailedLeadsOfItsFilter(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	severalLeads(t, s)
	filter := store.SubmissionFilter{FormID: "form_1"}
	made, err := s.CreateReplay(t.Context(), aReplay(), filter)
	require.NoError(t, err)
	require.Equal(t, 2, made.Matched)
	stored, err := s.Replay(t.Context(), "rpl_1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(made.ID, stored.ID))
	require.Equal(t, 10, stored.RatePerSecond)

	page, err := s.ReplayPage(t.Context(), stored, nil, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"sub_a"}, leadIDs(page), "first submitted first")
	require.Len(t, page[0].Deliveries, 1)
	page, err = s.ReplayPage(t.Context(), stored, &store.SubmissionCursor{SubmittedAt: page[0].SubmittedAt, ID: "sub_a"}, 9)
	require.NoError(t, err)
	require.Equal(t, []string{"sub_b"}, leadIDs(page))
}

func TestALeadIsPartOfAReplayOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	severalLeads(t, s)
	replay, err := s.CreateReplay(t.Context(), aReplay(), store.SubmissionFilter{})
	require.NoError(t, err)
	begin := store.Replay{SubmissionID: "sub_a", RunSeq: 1, DeliveryIDs: []string{"dlv_a"}, At: minute(22), Bulk: "rpl_1"}
	beginReplay(t, s, begin)
	require.NoError(t, s.Finalize(t.Context(), "sub_a", 2, models.Conclusion{
		Outcomes: []models.DeliveryOutcome{outcomeOf("a", 1, refused())},
	}, minute(23)))

	page, err := s.ReplayPage(t.Context(), replay, nil, 9)
	require.NoError(t, err)
	require.Equal(t, []string{"sub_other", "sub_b"}, leadIDs(page), "what failed again is not read again")
	begin.RunSeq = 2
	_, err = s.BeginReplay(t.Context(), begin)
	requireCode(t, models.CodeConflict, err)
	require.Equal(t, 2, read(t, s, "sub_a").RunSeq, "all or nothing")

	begin.SubmissionID, begin.RunSeq, begin.DeliveryIDs = "sub_b", 1, []string{"dlv_b"}
	beginReplay(t, s, begin)
	require.NoError(t, s.Finalize(t.Context(), "sub_b", 2, models.Conclusion{
		Outcomes: []models.DeliveryOutcome{outcomeOf("b", 1, delivered())},
	}, minute(24)))
	begin.SubmissionID, begin.DeliveryIDs = "sub_other", []string{"dlv_other"}
	beginReplay(t, s, begin)
	outcome, err := s.ReplayOutcome(t.Context(), "rpl_1")
	require.NoError(t, err)
	require.Equal(t, store.ReplayOutcome{Replayed: 3, Succeeded: 1, FailedAgain: 1}, outcome)
}

func TestAReplayMovesOneWay(t *testing.T) {
	t.Parallel()
	const running, paused, cancelled, completed = models.ReplayRunning, models.ReplayPaused, models.ReplayCancelled, models.ReplayCompleted
	for name, c := range map[string]struct {
		from, to models.ReplayStatus
		fine     bool
	}{
		"pause":                 {running, paused, true},
		"pause twice":           {paused, paused, true},
		"resume":                {paused, running, true},
		"resume what runs":      {running, running, true},
		"cancel":                {running, cancelled, true},
		"cancel what is paused": {paused, cancelled, true},
		"complete":              {running, completed, true},
		"complete a paused one": {paused, completed, false},
		"resume after the end":  {cancelled, running, false},
		"pause after the end":   {completed, paused, false},
		"cancel after the end":  {completed, cancelled, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			replay := aReplay()
			replay.Status = c.from
			_, err := s.CreateReplay(t.Context(), replay, store.SubmissionFilter{})
			require.NoError(t, err)
			moved, err := s.MoveReplay(t.Context(), "rpl_1", c.to, minute(30))
			if !c.fine {
				requireCode(t, models.CodeConflict, err)
				require.Equal(t, c.from, moved.Status)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.to, moved.Status)
			require.Equal(t, c.to == cancelled || c.to == completed, moved.EndedAt != nil)
		})
	}
	_, err := newStore(t).MoveReplay(t.Context(), "rpl_none", paused, minute(30))
	requireCode(t, models.CodeNotFound, err)
}
