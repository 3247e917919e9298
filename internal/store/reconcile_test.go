package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// take takes the leads of one round, of which none changed since minute 5.
func take(t *testing.T, s *store.Store, round, limit int) []string {
	t.Helper()
	leads, err := s.TakeOpenLeads(t.Context(), store.OpenLeads{At: minute(round), ChangedBefore: minute(5), Limit: limit})
	require.NoError(t, err)
	ids := make([]string, len(leads))
	for i, lead := range leads {
		ids[i] = lead.ID
	}
	slices.Sort(ids)
	return ids
}

func TestOpenLeadsAreTakenByStatusAndAge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status    models.Status
		submitted int
		changed   []int // the minutes in which its deliveries changed
		taken     bool
	}{
		"pending":                     {models.StatusPending, 0, nil, true},
		"retrying":                    {models.StatusRetrying, 0, []int{4}, true},
		"completed":                   {models.StatusCompleted, 0, nil, false},
		"failed":                      {models.StatusFailed, 0, nil, false},
		"submitted just now":          {models.StatusPending, 5, nil, false},
		"changed just now":            {models.StatusRetrying, 0, []int{5}, false},
		"one of its deliveries did":   {models.StatusRetrying, 0, []int{1, 6, 2}, false},
		"submitted after all changes": {models.StatusPending, 4, []int{1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			lead := aLead("sub_1")
			lead.Status, lead.SubmittedAt, lead.RunSeq = c.status, minute(c.submitted), 3
			deliveries := []models.Delivery{}
			for i, at := range c.changed {
				delivery := deliveriesOf(lead, fmt.Sprint(i))[0]
				delivery.UpdatedAt = minute(at)
				deliveries = append(deliveries, delivery)
			}
			_, err := s.Persist(t.Context(), lead, deliveries)
			require.NoError(t, err)
			leads, err := s.TakeOpenLeads(t.Context(), store.OpenLeads{At: minute(9), ChangedBefore: minute(5), Limit: 1})
			require.NoError(t, err)
			if !c.taken {
				require.Empty(t, leads)
				return
			}
			require.Len(t, leads, 1)
			require.Equal(t, "sub_1", leads[0].ID)
			require.Equal(t, 3, leads[0].RunSeq)
		})
	}
}

// An attempt that is under way goes on without its run; one that is open for long
// has lost its worker.
func TestAnAttemptUnderWayIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	storeLead(t, s, aLead("sub_1"), "crm")
	openAttempt(t, s, opening(1))
	began := deliveryOf(t, s, "crm").Attempts[0].StartedAt
	look := func(round int, attemptedBefore time.Time) []store.OpenLead {
		leads, err := s.TakeOpenLeads(t.Context(), store.OpenLeads{
			At: minute(round), ChangedBefore: minute(5), AttemptedBefore: attemptedBefore, Limit: 1,
		})
		require.NoError(t, err)
		return leads
	}
	require.Empty(t, look(10, began))
	require.Len(t, look(11, began.Add(time.Second)), 1)
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 1, refused())))
	require.Len(t, look(12, began), 1)
}

func TestOpenLeadsAreTakenInTurns(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 5 {
		storeLead(t, s, aLead(numbered("sub", i)))
	}
	require.Equal(t, []string{"sub_000", "sub_001"}, take(t, s, 10, 2))
	require.Equal(t, []string{"sub_002", "sub_003"}, take(t, s, 10, 2), "once in a round")
	require.Equal(t, []string{"sub_000", "sub_004"}, take(t, s, 11, 2), "those never looked at, then the oldest look")
	storeLead(t, s, aLead("sub_new"))
	require.Equal(t, []string{"sub_001", "sub_002", "sub_003", "sub_new"}, take(t, s, 11, 9))
	require.Empty(t, take(t, s, 11, 9), "all had their turn")
	require.Len(t, take(t, s, 12, 9), 6)
}

func TestNoLeadIsTakenTwiceInARound(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const rounds = 8
	for i := range 3 * rounds {
		storeLead(t, s, aLead(numbered("sub", i)))
	}
	taken, errs := make([][]store.OpenLead, rounds), make([]error, rounds)
	var all sync.WaitGroup
	for i := range rounds {
		all.Go(func() {
			taken[i], errs[i] = s.TakeOpenLeads(t.Context(), store.OpenLeads{At: minute(10), ChangedBefore: minute(5), Limit: 3})
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	seen := map[string]bool{}
	for _, lead := range slices.Concat(taken...) {
		require.False(t, seen[lead.ID], lead.ID)
		seen[lead.ID] = true
	}
	require.NotEmpty(t, seen)
}

func TestALeadThatIsBeingWrittenIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, conn := open(t, url), connect(t, url)
	storeLead(t, s, aLead("sub_1"))
	storeLead(t, s, aLead("sub_2"))
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "UPDATE submissions SET status = 'failed' WHERE id = 'sub_1'")
	require.NoError(t, err)
	require.Equal(t, []string{"sub_2"}, take(t, s, 10, 9))
	require.NoError(t, tx.Rollback(t.Context()))
	require.Equal(t, []string{"sub_1"}, take(t, s, 10, 9))
}

func TestALookChangesNothingElse(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	storeLead(t, s, aLead("sub_1"), "crm")
	before := read(t, s, "sub_1")
	require.NotEmpty(t, take(t, s, 10, 9))
	require.Equal(t, before, read(t, s, "sub_1"))
}
