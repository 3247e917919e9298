package activities_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/store"
	"leadrail/models"
)

// failBoth ends the first run of the stored lead: both deliveries gave up.
func (d desk) failBoth(t *testing.T, plan models.Plan) {
	t.Helper()
	var conclusion models.Conclusion
	for _, planned := range plan.Deliveries {
		conclusion.Outcomes = append(conclusion.Outcomes, models.DeliveryOutcome{
			DeliveryID: planned.DeliveryID, Label: planned.Label(), Attempts: 3,
			Verdict: models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorHTTPStatus, Message: "it failed"},
		})
	}
	require.NoError(t, d.Finalize(t.Context(), activities.FinalizeInput{SubmissionID: "sub_1", RunSeq: 1, Conclusion: conclusion}))
}

func (d desk) beginReplay(t *testing.T, deliveryIDs ...string) {
	t.Helper()
	_, err := d.store.BeginReplay(t.Context(), store.Replay{
		SubmissionID: "sub_1", RunSeq: 1, DeliveryIDs: deliveryIDs, At: start,
	})
	require.NoError(t, err)
}

// persistRun is Persist as the lead's run of that number asks for it.
func (d desk) persistRun(t *testing.T, runSeq int) models.Plan {
	t.Helper()
	in := d.input(t)
	in.RunSeq = runSeq
	plan, err := d.Persist(t.Context(), activities.PersistInput{LeadInput: in})
	require.NoError(t, err)
	return plan
}

func TestAReplayPlansWhatItChose(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	first := d.persist(t)
	crm, chat := first.Deliveries[0].DeliveryID, first.Deliveries[1].DeliveryID
	d.failBoth(t, first)
	d.beginReplay(t, chat)

	want := models.Plan{
		Deliveries: []models.PlannedDelivery{{
			DeliveryID: chat, ActionID: "act_a", Action: "chat", Type: models.ActionWebhook,
			Schedule: []models.Duration{models.Duration(time.Hour)}, Trigger: models.TriggerReplay,
		}},
		Undelivered: []models.DeliveryOutcome{{
			DeliveryID: crm, Label: "webhook crm", Attempts: 3,
			Verdict: models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorHTTPStatus, Message: "it failed"},
		}},
	}
	before := d.lead(t)
	require.Empty(t, cmp.Diff(want, d.persistRun(t, 2)))
	require.Empty(t, cmp.Diff(want, d.persistRun(t, 2)), "a repeat returns the same plan")
	require.Empty(t, cmp.Diff(before, d.lead(t)), "and the row stays as it is")

	nothing := models.Plan{Deliveries: []models.PlannedDelivery{}, Stored: true}
	require.Equal(t, nothing, d.persistRun(t, 1), "an older run has nothing left to do")
	require.Equal(t, nothing, d.persistRun(t, 3), "nor has one that nobody began")
}

func TestAPlanSaysWhatGoesElsewhere(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	first := d.persist(t)
	crm, chat := first.Deliveries[0].DeliveryID, first.Deliveries[1].DeliveryID
	d.failBoth(t, first)
	_, err := d.store.BeginReplay(t.Context(), store.Replay{
		SubmissionID: "sub_1", RunSeq: 1, DeliveryIDs: []string{crm, chat}, At: start,
		Targets: []models.Target{{DeliveryID: chat, RunSeq: 2, URL: "https://other.example.com", Secret: models.Sealed("sealed")}},
	})
	require.NoError(t, err)
	plan := d.persistRun(t, 2)
	require.False(t, plan.Deliveries[0].Retargeted)
	require.True(t, plan.Deliveries[1].Retargeted)
	require.Equal(t, "webhook chat (to another URL)", plan.Deliveries[1].Label())
}

func TestAReplayPlansNothingTwice(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	first := d.persist(t)
	crm, chat := first.Deliveries[0].DeliveryID, first.Deliveries[1].DeliveryID
	d.failBoth(t, first)
	d.beginReplay(t, crm, chat)
	attempt := models.Attempt{DeliveryID: crm, RunSeq: 2, N: 1, Trigger: models.TriggerReplay, StartedAt: start}
	_, err := d.store.OpenAttempt(t.Context(), attempt)
	require.NoError(t, err)
	finished := start.Add(time.Second)
	attempt.FinishedAt, attempt.Outcome = &finished, models.OutcomeDelivered
	require.NoError(t, d.store.CloseAttempt(t.Context(), attempt))

	plan := d.persistRun(t, 2)
	require.Len(t, plan.Deliveries, 1, "what was delivered before the run was lost stays delivered")
	require.Equal(t, chat, plan.Deliveries[0].DeliveryID)
	require.Empty(t, plan.Undelivered)
}

func TestAnErasedLeadIsNotStoredByItsReplay(t *testing.T) {
	t.Parallel()
	d := newDesk(t, asItIs)
	require.Equal(t, models.Plan{Deliveries: []models.PlannedDelivery{}, Stored: true}, d.persistRun(t, 2))
	_, err := d.store.Submission(t.Context(), "sub_1")
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
}
