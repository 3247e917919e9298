package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestPersistKeepsALead(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	lead := aLead("sub_1")
	lead.ConversationID, lead.SessionID = "conv_1", "session_1"
	lead.FormData = models.Document(`{"email": "ada@example.com", "budget": 12345678901234567890.5}`)
	lead.FieldsCompleted = []string{"email", "budget"}
	lead.Signals = models.Document(`{"intent": "buy"}`)
	lead.Context = models.Document(`{"channel": "widget"}`)
	lead.Consent = models.Document(`{"version": "1"}`)
	impression := start.Add(-time.Minute)
	lead.ImpressionAt, lead.StartedAt = &impression, &start
	lead.Qualification = &models.Qualification{
		Score: 72, Tier: "hot", Qualified: true, Reasons: []models.Reason{{Rule: "Big budget", Points: 72}},
	}
	stored := storeLead(t, s, lead, "crm", "mailing")

	want := lead
	want.Deliveries = deliveriesOf(lead, "crm", "mailing")
	require.Empty(t, cmp.Diff(want, stored), "what comes back")
	require.Empty(t, cmp.Diff(want, read(t, s, "sub_1"), cmpopts.EquateEmpty()), "what is there")
}

func TestPersistWritesAbsentAndEmptyAlike(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.Empty(t, storeLead(t, s, aLead("sub_1")).Deliveries)
	lead := read(t, s, "sub_1")
	require.Equal(t, []string{}, lead.FieldsCompleted, "null is no list")
	require.Nil(t, lead.Signals)
	require.Nil(t, lead.Qualification)
	require.Empty(t, lead.Deliveries)
}

func TestPersistAgainChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	lead := aLead("sub_1")
	storeLead(t, s, lead, "crm", "mailing")
	require.NoError(t, s.MarkRetrying(t.Context(), retryOf("crm", 1)))
	before := read(t, s, "sub_1")

	again := lead
	again.FormName, again.FormData = "other", models.Document(`{"other": true}`)
	other := deliveriesOf(lead, "crm", "mailing", "more")
	for i := range other {
		other[i].ID += "_again"
	}
	stored, err := s.Persist(t.Context(), again, other)
	require.NoError(t, err)
	require.Equal(t, "contact", stored.FormName)
	require.Equal(t, models.StatusRetrying, stored.Status)
	require.ElementsMatch(t, []string{"dlv_crm", "dlv_mailing"}, idsOf(stored.Deliveries), "the ids of the first time")
	require.Empty(t, cmp.Diff(before, read(t, s, "sub_1")))
}

func TestConcurrentPersistsAgree(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const workers = 16
	found := make([][]string, workers)
	errs := make([]error, workers)
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			lead := aLead("sub_1")
			deliveries := deliveriesOf(lead, "crm", "mailing")
			for j := range deliveries {
				deliveries[j].ID = numbered(deliveries[j].ID, i)
			}
			stored, err := s.Persist(t.Context(), lead, deliveries)
			found[i], errs[i] = idsOf(stored.Deliveries), err
		})
	}
	all.Wait()
	want := idsOf(read(t, s, "sub_1").Deliveries)
	require.Len(t, want, 2)
	for i := range workers {
		require.NoError(t, errs[i])
		require.ElementsMatch(t, want, found[i])
	}
}

func TestPersistIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	lead := aLead("sub_1")
	twice := append(deliveriesOf(lead, "crm"), deliveriesOf(lead, "crm")...)
	_, err := s.Persist(t.Context(), lead, twice)
	require.Error(t, err)
	_, err = s.Submission(t.Context(), "sub_1")
	requireCode(t, models.CodeNotFound, err)
}

func idsOf(deliveries []models.Delivery) []string {
	ids := make([]string, len(deliveries))
	for i, delivery := range deliveries {
		ids[i] = delivery.ID
	}
	slices.Sort(ids)
	return ids
}
