package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// endRun ends a run of a lead whose one delivery has its name.
func endRun(t *testing.T, s *store.Store, name string, runSeq, at int, verdict models.Verdict) {
	t.Helper()
	require.NoError(t, s.Finalize(t.Context(), "sub_"+name, runSeq, models.Conclusion{
		Outcomes: []models.DeliveryOutcome{outcomeOf(name, 1, verdict)},
	}, minute(at)))
}

// runAfter takes such a lead to the run after another, for a replay of many leads or
// for nobody's.
func runAfter(t *testing.T, s *store.Store, name string, runSeq int, bulk string) {
	t.Helper()
	beginReplay(t, s, store.Replay{
		SubmissionID: "sub_" + name, RunSeq: runSeq, DeliveryIDs: []string{"dlv_" + name}, At: minute(21), Bulk: bulk,
	})
}

// What a dry run counts is what is replayed, each lead once, whatever fails
// meanwhile: again, for the first time, or because somebody replayed it by hand.
func TestAReplayTakesWhatTheDryRunCounted(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i, name := range []string{"a", "b", "c", "d", "e"} {
		storeEnded(t, s, name, i+1, refused())
	}
	slow := aLead("sub_slow")
	slow.SubmittedAt = minute(2)
	storeLead(t, s, slow, "slow")
	dry, err := s.CountReplayable(t.Context(), store.SubmissionFilter{})
	require.NoError(t, err)
	require.Equal(t, 5, dry)
	replay, err := s.CreateReplay(t.Context(), aReplay(), store.SubmissionFilter{})
	require.NoError(t, err)
	require.Equal(t, dry, replay.Matched)

	endRun(t, s, "slow", 1, 21, refused())
	storeEnded(t, s, "late", 21, refused())
	runAfter(t, s, "d", 1, "")
	endRun(t, s, "d", 2, 21, refused())

	var taken []string
	var after *store.SubmissionCursor
	for range dry {
		page, err := s.ReplayPage(t.Context(), replay, after, 2)
		require.NoError(t, err)
		for _, lead := range page {
			taken = append(taken, lead.ID)
			runAfter(t, s, lead.ID[len("sub_"):], lead.RunSeq, "rpl_1")
			endRun(t, s, lead.ID[len("sub_"):], lead.RunSeq+1, 21, refused())
			after = &store.SubmissionCursor{SubmittedAt: lead.SubmittedAt, ID: lead.ID}
		}
	}
	require.Equal(t, []string{"sub_a", "sub_b", "sub_c", "sub_e"}, taken)
	again, err := s.ReplayPage(t.Context(), replay, nil, 9)
	require.NoError(t, err)
	require.Empty(t, again, "also for a page that is read once more")
	outcome, err := s.ReplayOutcome(t.Context(), "rpl_1")
	require.NoError(t, err)
	require.Equal(t, store.ReplayOutcome{Replayed: 4, FailedAgain: 4}, outcome)
}

// A replay tells what became of its own runs, also after others followed them.
func TestWhatAReplayCameToIsNotRewritten(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i, name := range []string{"again", "forced", "waits"} {
		storeEnded(t, s, name, i+1, refused())
	}
	_, err := s.CreateReplay(t.Context(), aReplay(), store.SubmissionFilter{})
	require.NoError(t, err)
	for _, name := range []string{"again", "forced", "waits"} {
		runAfter(t, s, name, 1, "rpl_1")
	}
	endRun(t, s, "again", 2, 22, refused())
	endRun(t, s, "forced", 2, 22, delivered())
	requireOutcome := func(id string, want store.ReplayOutcome) {
		t.Helper()
		outcome, err := s.ReplayOutcome(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want, outcome)
	}
	want := store.ReplayOutcome{Replayed: 3, Succeeded: 1, FailedAgain: 1}
	requireOutcome("rpl_1", want)

	second := aReplay()
	second.ID, second.CreatedAt = "rpl_2", minute(30)
	_, err = s.CreateReplay(t.Context(), second, store.SubmissionFilter{})
	require.NoError(t, err)
	runAfter(t, s, "again", 2, "rpl_2")
	runAfter(t, s, "forced", 2, "")
	requireOutcome("rpl_1", want)
	requireOutcome("rpl_2", store.ReplayOutcome{Replayed: 1})

	endRun(t, s, "again", 3, 31, delivered())
	endRun(t, s, "forced", 3, 31, refused())
	requireOutcome("rpl_1", want)
	requireOutcome("rpl_2", store.ReplayOutcome{Replayed: 1, Succeeded: 1})
}
