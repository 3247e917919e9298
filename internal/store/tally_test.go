package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

func TestTalliesCountTheLeadsOfEachForm(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	took := func(id string, shown, filling time.Duration) models.Submission {
		lead := aLead(id)
		impression, began := start.Add(-filling-shown), start.Add(-filling)
		lead.ImpressionAt, lead.StartedAt = &impression, &began
		return lead
	}
	unseen, other := aLead("sub_3"), aLead("sub_4")
	other.FormID = "form_2"
	for _, lead := range []models.Submission{
		took("sub_1", time.Second, 10*time.Second), took("sub_2", 0, 4*time.Second), unseen, other,
		took("sub_5", time.Second, -time.Hour), // its clock is ahead
	} {
		storeLead(t, s, lead)
	}
	finalize(t, s, models.Conclusion{})
	gaveUp := models.Conclusion{Outcomes: []models.DeliveryOutcome{{Label: "crm", Attempts: 1, Verdict: models.Verdict{Outcome: models.OutcomeGiveUp}}}}
	require.NoError(t, s.Finalize(t.Context(), "sub_2", 1, gaveUp, minute(9)))

	got, err := s.Tallies(t.Context(), []string{"form_1", "form_2", "form_3"})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(map[string]store.Tally{
		"form_1": {FormID: "form_1", Impressions: 3, Starts: 3, Submissions: 4, Completed: 1, Failed: 1, AvgCompletionMS: 14_000.0 / 3},
		"form_2": {FormID: "form_2", Submissions: 1},
	}, got, cmp.Comparer(func(a, b float64) bool { return a-b < 0.001 && b-a < 0.001 })))
	got, err = s.Tallies(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, got)
}
