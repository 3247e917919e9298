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

func TestUndeliveredTotals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	form := aForm()
	form.Form.Name = "renamed"
	require.NoError(t, s.CreateForm(t.Context(), form))
	gaveUp(t, s, 2, nil, refused(), timedOut())
	gaveUp(t, s, 3, nil, refused(), delivered())
	gaveUp(t, s, 5, func(lead *models.Submission) { lead.FormID, lead.FormName = "form_gone", "old" }, timedOut(), timedOut())
	totals, err := s.UndeliveredTotals(t.Context(), store.UndeliveredFilter{})
	require.NoError(t, err)
	oldest := minute(2)
	require.Empty(t, cmp.Diff(store.UndeliveredTotals{
		Deliveries: 5, Leads: 3, OldestAt: &oldest,
		ByForm: []store.FormCount{{FormID: "form_1", FormName: "renamed", Count: 3}, {FormID: "form_gone", FormName: "old", Count: 2}},
		ByAction: []store.ActionCount{
			{ActionID: "act_000", ActionName: "crm_000", Type: models.ActionWebhook, Count: 3},
			{ActionID: "act_001", ActionName: "crm_001", Type: models.ActionWebhook, Count: 2},
		},
		ByCode: []store.CodeCount{{ErrorCode: models.ErrorTimeout, Count: 3}, {ErrorCode: models.ErrorHTTPStatus, Count: 2}},
	}, totals))
}

func TestTotalsOfNothing(t *testing.T) {
	t.Parallel()
	totals, err := newStore(t).UndeliveredTotals(t.Context(), store.UndeliveredFilter{})
	require.NoError(t, err)
	require.Equal(t, store.UndeliveredTotals{
		ByForm: []store.FormCount{}, ByAction: []store.ActionCount{}, ByCode: []store.CodeCount{},
	}, totals)
}

func TestTotalsAreBounded(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for n := range 101 {
		gaveUp(t, s, n, func(lead *models.Submission) { lead.FormID = numbered("form", n) }, refused())
	}
	gaveUp(t, s, 101, func(lead *models.Submission) { lead.FormID = numbered("form", 100) }, refused())
	totals, err := s.UndeliveredTotals(t.Context(), store.UndeliveredFilter{})
	require.NoError(t, err)
	require.Equal(t, 102, totals.Deliveries)
	require.Len(t, totals.ByForm, 100)
	require.Equal(t, store.FormCount{FormID: "form_100", FormName: "contact", Count: 2}, totals.ByForm[0], "the largest first")
	require.Equal(t, "form_000", totals.ByForm[1].FormID)
}

func TestDeliveryDepth(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	depth, err := s.DeliveryDepth(t.Context())
	require.NoError(t, err)
	require.Equal(t, models.DeliveryDepth{}, depth)

	gaveUp(t, s, 7, nil, refused(), delivered())
	gaveUp(t, s, 6, nil, refused())
	storeLead(t, s, aLead("sub_1"), "crm", "mailing", "chat")
	require.NoError(t, s.MarkRetrying(t.Context(), retryOf("crm", 3)))
	require.NoError(t, s.MarkRetrying(t.Context(), retryOf("mailing", 1)))
	depth, err = s.DeliveryDepth(t.Context())
	require.NoError(t, err)
	oldest, due := minute(6), minute(2)
	require.Empty(t, cmp.Diff(models.DeliveryDepth{Undelivered: 2, Oldest: &oldest, Waiting: 2, NextDue: &due}, depth))
}

// claimOf claims in minute n what gave up until ten minutes before, for ten minutes.
func claimOf(n int) store.UndeliveredClaim {
	return store.UndeliveredClaim{At: minute(n), FailedBefore: minute(n - 10), Every: time.Hour, Again: 10 * time.Minute}
}

// sayOf claims it and says it, which is for an hour.
func sayOf(t *testing.T, s *store.Store, n int) []store.WaitingForm {
	t.Helper()
	forms, err := s.ClaimUndelivered(t.Context(), claimOf(n))
	require.NoError(t, err)
	for _, form := range forms {
		require.NoError(t, s.UndeliveredSaid(t.Context(), form.FormID, minute(n)))
	}
	return forms
}

func TestEachFormThatWaitsIsClaimedOnceInAWhile(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	ofForm := func(id string) func(*models.Submission) {
		return func(lead *models.Submission) { lead.FormID = id }
	}
	gaveUp(t, s, 2, ofForm("form_2"), refused(), timedOut(), refused())
	gaveUp(t, s, 1, ofForm("form_3"), refused())
	gaveUp(t, s, 5, ofForm("form_1"), refused())

	require.Empty(t, sayOf(t, s, 10), "too young")
	refusals := func(n int) store.CodeCount { return store.CodeCount{ErrorCode: models.ErrorHTTPStatus, Count: n} }
	require.Empty(t, cmp.Diff([]store.WaitingForm{
		{FormID: "form_3", Count: 1, OldestAt: minute(1), ByCode: []store.CodeCount{refusals(1)}},
		{FormID: "form_2", Count: 3, OldestAt: minute(2), ByCode: []store.CodeCount{refusals(2), {ErrorCode: models.ErrorTimeout, Count: 1}}},
	}, sayOf(t, s, 12)))
	require.Empty(t, cmp.Diff([]store.WaitingForm{
		{FormID: "form_1", Count: 1, OldestAt: minute(5), ByCode: []store.CodeCount{refusals(1)}},
	}, sayOf(t, s, 15)), "the others were claimed")
	require.Empty(t, sayOf(t, s, 71))
	require.Len(t, sayOf(t, s, 72), 2, "an hour later")
}

// The mail did not leave, or the worker was killed before.
func TestWhatWasNotSaidIsClaimedSooner(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	gaveUp(t, s, 1, nil, refused())
	claimed, err := s.ClaimUndelivered(t.Context(), claimOf(20))
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	require.Empty(t, sayOf(t, s, 29))
	require.Len(t, sayOf(t, s, 30), 1)
	require.Empty(t, sayOf(t, s, 89))
}

// The word about a form and the mail about its failed leads do not hold each
// other back.
func TestAClaimLeavesAlertsAlone(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	gaveUp(t, s, 1, nil, refused())
	require.Len(t, sayOf(t, s, 20), 1)
	tell, err := s.ClaimAlert(t.Context(), store.AlertClaim{
		AlertKey: store.AlertKey{FormID: "form_1", SubmissionID: "sub_001", RunSeq: 1}, At: minute(20), Every: time.Hour,
	})
	require.NoError(t, err)
	require.Equal(t, 1, tell)
	require.Empty(t, sayOf(t, s, 21), "and the other way round")
}

func TestOneOfManyClaims(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	gaveUp(t, s, 1, nil, refused())
	said := make([][]store.WaitingForm, 8)
	var all sync.WaitGroup
	for i := range said {
		all.Go(func() {
			said[i], _ = s.ClaimUndelivered(t.Context(), claimOf(30)) // counted below
		})
	}
	all.Wait()
	count := 0
	for _, forms := range said {
		count += len(forms)
	}
	require.Equal(t, 1, count)
}
