package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

const alertEvery = 10 * time.Minute

// storeWithOwner has a form whose owner wants to know.
func storeWithOwner(t *testing.T) *store.Store {
	t.Helper()
	return ownedForm(t, newStore(t))
}

func ownedForm(t *testing.T, s *store.Store) *store.Store {
	t.Helper()
	form := aForm("crm")
	form.Form.AlertEmail = "owner@example.com"
	require.NoError(t, s.CreateForm(t.Context(), form))
	return s
}

func keyOf(lead string, runSeq int) store.AlertKey {
	return store.AlertKey{FormID: "form_1", SubmissionID: lead, RunSeq: runSeq}
}

// claim tells of a lead's first run in a minute.
func claim(t *testing.T, s *store.Store, lead string, at int) int {
	t.Helper()
	return claimFor(t, s, keyOf(lead, 1), at)
}

func claimFor(t *testing.T, s *store.Store, key store.AlertKey, at int) int {
	t.Helper()
	tell, err := s.ClaimAlert(t.Context(), store.AlertClaim{AlertKey: key, At: minute(at), Every: alertEvery})
	require.NoError(t, err)
	return tell
}

func sent(t *testing.T, s *store.Store, key store.AlertKey) {
	t.Helper()
	require.NoError(t, s.AlertSent(t.Context(), key))
}

// due is what is due in a minute.
func due(t *testing.T, s *store.Store, at int) []store.DueAlert {
	t.Helper()
	alerts, err := s.DueAlerts(t.Context(), minute(at), alertEvery)
	require.NoError(t, err)
	return alerts
}

// failLead stores a lead that failed in a minute.
func failLead(t *testing.T, s *store.Store, id string, at int) {
	t.Helper()
	lead, failedAt := aLead(id), minute(at)
	lead.Status, lead.FailureReason, lead.CompletedAt = models.StatusFailed, "it failed: "+id, &failedAt
	storeLead(t, s, lead)
}

func TestOneAlertInTenMinutesTellsOfAll(t *testing.T) {
	t.Parallel()
	s := storeWithOwner(t)
	require.Equal(t, 1, claim(t, s, "sub_1", 0))
	sent(t, s, keyOf("sub_1", 1))
	require.Zero(t, claim(t, s, "sub_2", 1))
	require.Zero(t, claim(t, s, "sub_3", 9))
	require.Equal(t, 3, claim(t, s, "sub_4", 10), "those since the alert before, and this one")
	sent(t, s, keyOf("sub_4", 1))
	require.Equal(t, 1, claim(t, s, "sub_5", 20))
}

func TestAnAlertThatDidNotLeaveIsToldAgain(t *testing.T) {
	t.Parallel()
	s := storeWithOwner(t)
	require.Equal(t, 1, claim(t, s, "sub_1", 0))
	require.Zero(t, claim(t, s, "sub_2", 0))
	require.Equal(t, 1, claim(t, s, "sub_1", 1), "by the one who may")
	require.Equal(t, 3, claim(t, s, "sub_3", 10), "or with the next one")
	sent(t, s, keyOf("sub_3", 1))
	require.Zero(t, claim(t, s, "sub_3", 12), "what left is not told again")
	require.Equal(t, 1, claim(t, s, "sub_4", 20), "nor counted")
}

func TestAReplayThatFailsIsAnotherFailure(t *testing.T) {
	t.Parallel()
	s := storeWithOwner(t)
	require.Equal(t, 1, claim(t, s, "sub_1", 0))
	sent(t, s, keyOf("sub_1", 1))
	require.Zero(t, claimFor(t, s, keyOf("sub_1", 2), 1), "and waits like any other")
	require.Equal(t, 2, claim(t, s, "sub_2", 10))
}

func TestHeldBackAlertsBecomeDue(t *testing.T) {
	t.Parallel()
	s := storeWithOwner(t)
	require.Empty(t, due(t, s, 0), "nothing failed")
	failLead(t, s, "sub_1", 0)
	require.Equal(t, 1, claim(t, s, "sub_1", 0))
	sent(t, s, keyOf("sub_1", 1))
	require.Empty(t, due(t, s, 10), "all is told")

	failLead(t, s, "sub_3", 2)
	failLead(t, s, "sub_2", 1)
	require.Zero(t, claim(t, s, "sub_3", 2))
	require.Zero(t, claim(t, s, "sub_2", 2))
	require.Empty(t, due(t, s, 9), "too early")
	want := store.DueAlert{
		FormID: "form_1", SubmissionID: "sub_3", RunSeq: 1, FailureReason: "it failed: sub_3", FailedAt: minute(2), Count: 2,
	}
	require.Empty(t, cmp.Diff([]store.DueAlert{want}, due(t, s, 10)))
	require.Empty(t, due(t, s, 10), "given to one")

	require.Empty(t, cmp.Diff([]store.DueAlert{want}, due(t, s, 20)), "until it left")
	require.Zero(t, claim(t, s, "sub_4", 21))
	sent(t, s, store.AlertKey{FormID: "form_1"})
	want.Count = 1
	require.Empty(t, cmp.Diff([]store.DueAlert{want}, due(t, s, 30)), "what failed meanwhile stays due")
}

func TestNobodyIsToldOfWhatNobodyWantsToKnow(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"the form has no owner": "UPDATE forms SET alert_email = ''",
		"all were replayed":     "UPDATE submissions SET status = 'pending', run_seq = 2",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := pgtest.New(t)
			s := ownedForm(t, open(t, url))
			for i := range 2 {
				failLead(t, s, numbered("sub", i), 0)
				claim(t, s, numbered("sub", i), 0)
			}
			_, err := connect(t, url).Exec(t.Context(), change)
			require.NoError(t, err)
			require.Empty(t, due(t, s, 10))
		})
	}
}

func TestEndedLeadsAreCountedForTheNextAlert(t *testing.T) {
	t.Parallel()
	s := storeWithOwner(t)
	endings := make([]store.Ending, 3)
	for i := range endings {
		storeLead(t, s, aLead(numbered("sub", i)), numbered("crm", i))
		endings[i] = ending(numbered("sub", i), 1)
	}
	storeLead(t, s, aLead("sub_completed"))
	nobodys := aLead("sub_nobodys")
	nobodys.FormID = "form_2"
	storeLead(t, s, nobodys, "nobodys")
	require.Len(t, end(t, s, append(endings[:2:2], ending("sub_completed", 1), ending("sub_nobodys", 1))...), 4)
	require.Len(t, end(t, s, endings...), 1, "the third; a repeat counts nothing")
	alerts := due(t, s, 21)
	require.Len(t, alerts, 1)
	require.Equal(t, 3, alerts[0].Count)
	require.Equal(t, terminated, alerts[0].FailureReason)
}

func TestAnOwnerIsNotToldOfTheTimeBefore(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	storeLead(t, s, aLead("sub_1"), "crm")
	require.Len(t, end(t, s, ending("sub_1", 1)), 1)
	owned := aVersion(2, "crm")
	owned.Form.AlertEmail = "owner@example.com"
	require.NoError(t, s.ReplaceForm(t.Context(), owned))
	require.Empty(t, due(t, s, 21))
}

func TestOneOfManyWorkersTells(t *testing.T) {
	t.Parallel()
	s := storeWithOwner(t)
	failLead(t, s, "sub_0", 0)
	require.Equal(t, 1, claim(t, s, "sub_0", 0))
	const workers = 16
	told, errs := make([]int, workers), make([]error, workers)
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			if i%2 == 0 {
				key := keyOf(numbered("sub", i), 1)
				told[i], errs[i] = s.ClaimAlert(t.Context(), store.AlertClaim{AlertKey: key, At: minute(10), Every: alertEvery})
				return
			}
			alerts, err := s.DueAlerts(t.Context(), minute(10), alertEvery)
			told[i], errs[i] = len(alerts), err
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	tellers := 0
	for _, count := range told {
		if count > 0 {
			tellers++
		}
	}
	require.Equal(t, 1, tellers, "%v", told)
}
