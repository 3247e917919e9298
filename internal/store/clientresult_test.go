package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// reported is what the page of the first run of sub_1 says.
func reported(digest string) models.ClientResult {
	return models.ClientResult{
		SubmissionID: "sub_1", RunSeq: 1, Outcome: models.ClientSucceeded, Digest: digest,
		Report: models.Sealed("sealed"), At: minute(1),
	}
}

func TestTheFirstReportOfARunStays(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	kept, saved, err := s.SaveClientResult(t.Context(), reported("first"))
	require.NoError(t, err, "though nobody knows the lead yet")
	require.True(t, saved)
	require.Empty(t, cmp.Diff(reported("first"), kept))

	second := reported("second")
	second.Outcome = models.ClientFailed
	kept, saved, err = s.SaveClientResult(t.Context(), second)
	require.NoError(t, err)
	require.False(t, saved)
	require.Empty(t, cmp.Diff(reported("first"), kept))

	second.RunSeq = 2
	_, saved, err = s.SaveClientResult(t.Context(), second)
	require.NoError(t, err)
	require.True(t, saved, "another run, another result")
	found, err := s.ClientResult(t.Context(), "sub_1", 2)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(second, found))
	_, err = s.ClientResult(t.Context(), "sub_1", 3)
	requireCode(t, models.CodeNotFound, err)
}

func TestARunTakesTheReport(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	_, err := s.TakeClientResult(t.Context(), "sub_1", 1, minute(2))
	requireCode(t, models.CodeNotFound, err)
	_, saved, err := s.SaveClientResult(t.Context(), reported("first"))
	require.NoError(t, err)
	require.True(t, saved, "a look is no end of the wait")

	for _, at := range []int{3, 4} {
		taken, err := s.TakeClientResult(t.Context(), "sub_1", 1, minute(at))
		require.NoError(t, err)
		require.Equal(t, "first", taken.Digest)
	}
	found, err := s.ClientResult(t.Context(), "sub_1", 1)
	require.NoError(t, err)
	require.Equal(t, minute(3), found.TakenAt.UTC())
}

func TestWhatComesAfterTheEndOfTheWaitIsTooLate(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for range 2 { // a repeat is told the same
		ended, err := s.EndClientWait(t.Context(), "sub_1", 1, minute(2))
		require.NoError(t, err)
		require.Equal(t, models.ClientNothing, ended.Outcome)
	}
	kept, saved, err := s.SaveClientResult(t.Context(), reported("late"))
	require.NoError(t, err)
	require.False(t, saved)
	require.Equal(t, models.ClientNothing, kept.Outcome)
}

func TestAReportBeforeTheEndOfTheWaitCounts(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	_, _, err := s.SaveClientResult(t.Context(), reported("in time"))
	require.NoError(t, err)
	ended, err := s.EndClientWait(t.Context(), "sub_1", 1, minute(2))
	require.NoError(t, err)
	require.Equal(t, "in time", ended.Digest)
}

// TestAReportIsKeptOrRefused lets pages report while the run ends its wait: what was
// kept is what the run gets.
func TestAReportIsKeptOrRefused(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for round := range 20 {
		var kept, ended models.ClientResult
		var saved bool
		var saveErr, endErr error
		var both sync.WaitGroup
		both.Go(func() {
			result := reported("in time, or not")
			result.RunSeq = round
			kept, saved, saveErr = s.SaveClientResult(t.Context(), result)
		})
		both.Go(func() { ended, endErr = s.EndClientWait(t.Context(), "sub_1", round, minute(2)) })
		both.Wait()
		require.NoError(t, saveErr)
		require.NoError(t, endErr)
		require.Equal(t, kept.Outcome, ended.Outcome)
		require.Equal(t, saved, ended.Outcome == models.ClientSucceeded)
	}
}

func TestRunsThatHaveNotHeardOfTheirReport(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("client", "crm")))
	page := func(id string, change func(*models.Submission, *models.Delivery), at int) {
		lead := aLead(id)
		delivery := deliveriesOf(lead, id)[0]
		delivery.Type = models.ActionClient
		change(&lead, &delivery)
		_, err := s.Persist(t.Context(), lead, []models.Delivery{delivery})
		require.NoError(t, err)
		result := reported("first")
		result.SubmissionID, result.At = id, minute(at)
		_, _, err = s.SaveClientResult(t.Context(), result)
		require.NoError(t, err)
	}
	asItIs := func(*models.Submission, *models.Delivery) {}
	page("sub_second", asItIs, 2)
	page("sub_first", asItIs, 1)
	page("sub_third", asItIs, 3)
	page("sub_new", asItIs, 6)
	page("sub_taken", asItIs, 1)
	_, err := s.TakeClientResult(t.Context(), "sub_taken", 1, minute(2))
	require.NoError(t, err)
	page("sub_ended", func(_ *models.Submission, d *models.Delivery) { d.Status = models.DeliveryFailed }, 1)
	page("sub_replayed", func(_ *models.Submission, d *models.Delivery) { d.RunSeq = 2 }, 1)
	page("sub_no_page", func(_ *models.Submission, d *models.Delivery) { d.Type = models.ActionWebhook }, 1)
	_, _, err = s.SaveClientResult(t.Context(), reported("of a lead in the intake"))
	require.NoError(t, err)

	untaken, err := s.UntakenClientResults(t.Context(), minute(5), 2)
	require.NoError(t, err)
	require.Equal(t, []string{"sub_first", "sub_second"}, untaken)
}

func TestAReplayOfManyIsNotForLeadsOfWhichThePageAloneFailed(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for id, kind := range map[string]models.ActionType{"page": models.ActionClient, "crm": models.ActionWebhook} {
		lead := aLead("sub_" + id)
		lead.Status = models.StatusFailed
		delivery := deliveriesOf(lead, id)[0]
		delivery.Type, delivery.Status = kind, models.DeliveryFailed
		_, err := s.Persist(t.Context(), lead, []models.Delivery{delivery})
		require.NoError(t, err)
	}
	count, err := s.CountReplayable(t.Context(), store.SubmissionFilter{})
	require.NoError(t, err)
	require.Equal(t, 1, count)
}

func TestResultsWithoutADatabaseAreUnavailable(t *testing.T) {
	t.Parallel()
	s := open(t, closedPort(t))
	_, _, err := s.SaveClientResult(t.Context(), reported("first"))
	requireCode(t, models.CodeUnavailable, err)
	_, err = s.TakeClientResult(t.Context(), "sub_1", 1, time.Now())
	requireCode(t, models.CodeUnavailable, err)
	_, err = s.EndClientWait(t.Context(), "sub_1", 1, time.Now())
	requireCode(t, models.CodeUnavailable, err)
	_, err = s.UntakenClientResults(t.Context(), time.Now(), 1)
	requireCode(t, models.CodeUnavailable, err)
}
