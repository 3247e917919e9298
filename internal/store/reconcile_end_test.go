package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

const terminated = "workflow_terminated: somebody did"

func ending(id string, runSeq int) store.Ending {
	return store.Ending{SubmissionID: id, RunSeq: runSeq, Reason: terminated}
}

// end ends leads in minute 20.
func end(t *testing.T, s *store.Store, endings ...store.Ending) []store.EndedLead {
	t.Helper()
	ended, err := s.EndLeads(t.Context(), endings, minute(20))
	require.NoError(t, err)
	return ended
}

func TestALeadFailsInThePlaceOfItsRun(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "mailing", "never")))
	storeLead(t, s, aLead("sub_1"), "crm", "mailing", "never")
	openAttempt(t, s, opening(1))
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 1, delivered())))
	require.NoError(t, s.MarkRetrying(t.Context(), retryOf("mailing", 1)))
	other := storeLead(t, s, aLead("sub_2"), "other")

	want := []store.EndedLead{{ID: "sub_1", FormID: "form_1", Status: models.StatusFailed, FailureReason: terminated}}
	require.Equal(t, want, end(t, s, ending("sub_1", 1)))
	lead := read(t, s, "sub_1")
	require.Equal(t, models.StatusFailed, lead.Status)
	require.Equal(t, terminated, lead.FailureReason)
	require.True(t, lead.CompletedAt.Equal(minute(20)))

	crm, mailing, never := lead.Deliveries[0], lead.Deliveries[1], lead.Deliveries[2]
	require.Equal(t, models.DeliveryDelivered, crm.Status, "what was delivered stays so")
	require.Empty(t, crm.ErrorCode)
	for _, delivery := range []models.Delivery{mailing, never} {
		require.Equal(t, models.DeliveryFailed, delivery.Status)
		require.Equal(t, models.ErrorCancelled, delivery.ErrorCode)
		require.Equal(t, terminated, delivery.Error)
		require.Nil(t, delivery.NextAttemptAt, "nothing is due any more")
		require.True(t, delivery.UpdatedAt.Equal(minute(20)))
	}
	require.Equal(t, 1, mailing.Attempt, "as many as were made")
	require.Equal(t, models.StatusPending, read(t, s, "sub_2").Status)
	require.Equal(t, other.Deliveries[0].Status, read(t, s, "sub_2").Deliveries[0].Status)
}

func TestALeadWithNothingLeftIsCompleted(t *testing.T) {
	t.Parallel()
	for name, deliveries := range map[string][]string{"delivered": {"crm"}, "nothing to deliver": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
			storeLead(t, s, aLead("sub_1"), deliveries...)
			if len(deliveries) > 0 {
				openAttempt(t, s, opening(1))
				require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 1, delivered())))
			}
			want := []store.EndedLead{{ID: "sub_1", FormID: "form_1", Status: models.StatusCompleted}}
			require.Equal(t, want, end(t, s, ending("sub_1", 1)))
			lead := read(t, s, "sub_1")
			require.Equal(t, models.StatusCompleted, lead.Status)
			require.Empty(t, lead.FailureReason)
			require.True(t, lead.CompletedAt.Equal(minute(20)))
		})
	}
}

func TestOnlyOpenLeadsOfTheEndedRunAreEnded(t *testing.T) {
	t.Parallel()
	for _, status := range []models.Status{
		models.StatusPending, models.StatusRetrying, models.StatusCompleted, models.StatusFailed,
	} {
		for _, runSeq := range []int{1, 2, 3} {
			t.Run(fmt.Sprintf("%s in run %d", status, runSeq), func(t *testing.T) {
				t.Parallel()
				s := newStore(t)
				lead := aLead("sub_1")
				lead.Status, lead.RunSeq = status, runSeq
				storeLead(t, s, lead, "crm")
				before := read(t, s, "sub_1")
				ended := end(t, s, ending("sub_1", 2), ending("sub_erased", 2))
				if runSeq == 2 && !status.Terminal() {
					require.Len(t, ended, 1)
					require.Equal(t, models.StatusFailed, read(t, s, "sub_1").Status)
					return
				}
				require.Empty(t, ended)
				require.Empty(t, cmp.Diff(before, read(t, s, "sub_1")))
			})
		}
	}
}

func TestNoEndingsAreNoWork(t *testing.T) {
	t.Parallel()
	require.Empty(t, end(t, newStore(t)))
}

// Whoever comes first decides, and no lead is half one and half the other.
func TestEndingAndFinalizeAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const leads = 40
	endings := make([]store.Ending, leads)
	for i := range leads {
		lead := aLead(numbered("sub", i))
		deliveries := deliveriesOf(lead, numbered("crm", i))
		_, err := s.Persist(t.Context(), lead, deliveries)
		require.NoError(t, err)
		endings[i] = ending(lead.ID, 1)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for i := range leads {
			outcome := outcomeOf(numbered("crm", i), 1, delivered())
			conclusion := models.Conclusion{Outcomes: []models.DeliveryOutcome{outcome}}
			if err := s.Finalize(t.Context(), numbered("sub", i), 1, conclusion, minute(10)); err != nil {
				t.Error(err)
			}
		}
	})
	for _, batch := range [][]store.Ending{endings[:10], endings[10:20], endings[20:30], endings[30:]} {
		all.Go(func() {
			if _, err := s.EndLeads(t.Context(), batch, minute(20)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i := range leads {
		lead := read(t, s, numbered("sub", i))
		want := models.DeliveryFailed
		if lead.Status == models.StatusCompleted {
			want = models.DeliveryDelivered
		}
		require.Equal(t, want, lead.Deliveries[0].Status, lead.Status)
	}
}
