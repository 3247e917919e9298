package workflows_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
)

func TestLeadIsQualifiedStoredDeliveredAndFinalized(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		plan []models.PlannedDelivery
		want []string
	}{
		"no delivery": {want: []string{"0s qualify", "0s persist", "0s finalize completed", "0s status completed"}},
		"one delivery": {
			plan: []models.PlannedDelivery{standard("crm")},
			want: []string{
				"0s qualify", "0s persist", "0s attempt crm 1 first", "0s finalize completed", "0s status completed",
			},
		},
		"two deliveries": {
			plan: []models.PlannedDelivery{standard("crm"), standard("mailing")},
			want: []string{
				"0s qualify", "0s persist", "0s attempt crm 1 first", "0s attempt mailing 1 first",
				"0s finalize completed", "0s status completed",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, test.plan...)
			require.NoError(t, r.execute())
			if attempts := 2; len(test.plan) == attempts { // side by side, in either order
				slices.Sort(r.journal.lines[2:4])
			}
			require.Empty(t, cmp.Diff(test.want, r.journal.lines))
			want := models.Conclusion{Outcomes: []models.DeliveryOutcome{}}
			for _, delivery := range test.plan {
				want.Outcomes = append(want.Outcomes, models.DeliveryOutcome{
					DeliveryID: delivery.DeliveryID, Label: delivery.Label(), Attempts: 1, Verdict: delivered(),
				})
			}
			require.Empty(t, cmp.Diff(want, r.conclusion()))
			require.Empty(t, cmp.Diff([]map[string]any{
				{"LeadStatus": "completed", "LeadScore": int64(42), "LeadTier": "hot"},
			}, r.upserts))
			require.Empty(t, cmp.Diff(remoteOnly("DeliverWebhook", len(test.plan)), r.journal.remote),
				"everything but deliveries runs inside the workflow task")
		})
	}
}

func remoteOnly(name string, calls int) map[string]int {
	if calls == 0 {
		return map[string]int{}
	}
	return map[string]int{name: calls}
}

func TestActivitiesAreGivenTheLeadAndItsRun(t *testing.T) {
	t.Parallel()
	r := newRun(t, standard("crm"))
	r.deliver = script{"dlv_crm": {failed(), delivered()}}.deliver
	require.NoError(t, r.execute())

	lead := activities.LeadInput{SubmissionID: "sub_1", RunSeq: 2, Lead: models.Sealed("sealed bytes")}
	require.Equal(t, []activities.LeadInput{lead}, inputsOf[activities.LeadInput](r.journal))
	require.Equal(t, []activities.PersistInput{{LeadInput: lead, QualifyResult: qualified}},
		inputsOf[activities.PersistInput](r.journal))
	require.Equal(t, []activities.DeliverInput{
		{DeliveryID: "dlv_crm", RunSeq: 2, N: 1, Trigger: models.TriggerFirst},
		{DeliveryID: "dlv_crm", RunSeq: 2, N: 2, Trigger: models.TriggerSchedule},
	}, inputsOf[activities.DeliverInput](r.journal))
	retries := inputsOf[activities.RetryingInput](r.journal)
	require.Len(t, retries, 1)
	require.True(t, retries[0].NextAttemptAt.Equal(r.journal.start))
	retries[0].NextAttemptAt = r.journal.start
	require.Equal(t, []activities.RetryingInput{{
		SubmissionID: "sub_1", RunSeq: 2, DeliveryID: "dlv_crm", Attempt: 1, Verdict: failed(), NextAttemptAt: r.journal.start,
	}}, retries)
	final := inputsOf[activities.FinalizeInput](r.journal)
	require.Len(t, final, 1)
	require.Equal(t, "sub_1", final[0].SubmissionID)
	require.Equal(t, 2, final[0].RunSeq)
}

func TestLeadThatIsFinishedAlreadyIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRun(t)
	r.persist = func() (models.Plan, error) {
		return models.Plan{Stored: true, Deliveries: []models.PlannedDelivery{}}, nil
	}
	require.NoError(t, r.execute())
	require.Equal(t, []string{"0s qualify", "0s persist"}, r.journal.lines)
	require.Empty(t, r.upserts)
}

// A run is played again where Temporal did not take its end. It has said all that it
// had to say to people.
func TestARunWhoseEndIsStoredEndsAgain(t *testing.T) {
	t.Parallel()
	for status, undelivered := range map[models.Status][]models.DeliveryOutcome{
		models.StatusCompleted: {}, models.StatusFailed: {left("crm")},
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			r := newRun(t)
			r.persist = func() (models.Plan, error) {
				r.signal() // which is what Temporal did not take the end for
				return models.Plan{Stored: true, Ended: true, Undelivered: undelivered}, nil
			}
			require.NoError(t, orFailed(t, r.execute(), status == models.StatusFailed))
			require.Equal(t, []string{"0s qualify", "0s persist", "0s finalize " + string(status), "0s status " + string(status)}, r.journal.lines)
			require.Equal(t, undelivered, r.conclusion().Outcomes)
			require.Empty(t, r.warnings.String())
		})
	}
}

// TestDatabaseThatIsAwayDelaysALeadAndLosesNothing lets each write fail twice
// inside the workflow task and three times outside of it.
func TestDatabaseThatIsAwayDelaysALeadAndLosesNothing(t *testing.T) {
	t.Parallel()
	for step, fail := range map[string]func(*run){
		"qualify": func(r *run) { r.qualify = failing(5) },
		"persist": func(r *run) {
			plan, outage := r.persist, failing(5)
			r.persist = func() (models.Plan, error) {
				if err := outage(); err != nil {
					return models.Plan{}, err
				}
				return plan()
			}
		},
		"retrying": func(r *run) { r.markRetrying = failing(5) },
		"finalize": func(r *run) { r.finalize = failing(5) },
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, standard("crm"))
			r.deliver = script{"dlv_crm": {failed(), delivered()}}.deliver
			fail(r)
			require.NoError(t, r.execute())

			if step == "retrying" {
				step += " crm" // the status has the same word
			}
			require.Len(t, r.journal.about(" "+step), 6)
			activity := map[string]string{
				"qualify": "Qualify", "persist": "Persist", "retrying crm": "MarkRetrying", "finalize": "Finalize",
			}[step]
			require.Equal(t, 4, r.journal.remote[activity], "two of the six are local")
			require.Equal(t, 2, r.journal.remote["DeliverWebhook"])
			require.Len(t, r.journal.remote, 2)
			require.Len(t, r.journal.about("attempt"), 2)
			require.Equal(t, models.StatusCompleted, r.conclusion().Status())
		})
	}
}

func TestOutageOfOursUsesUpNoAttempt(t *testing.T) {
	t.Parallel()
	r := newRun(t, webhook("crm"))
	outage := failing(4)
	r.deliver = func(context.Context, activities.DeliverInput) (models.Verdict, error) {
		if err := outage(); err != nil {
			return models.Verdict{}, errors.New("the worker was killed")
		}
		return delivered(), nil
	}
	require.NoError(t, r.execute())
	require.Equal(t, []string{
		"0s attempt crm 1 first", "500ms attempt crm 1 first", "1.5s attempt crm 1 first",
		"3.5s attempt crm 1 first", "7.5s attempt crm 1 first",
	}, r.journal.about("attempt"))
	require.Equal(t, 1, r.conclusion().Outcomes[0].Attempts)
	require.Empty(t, r.journal.about("retrying"))
}
