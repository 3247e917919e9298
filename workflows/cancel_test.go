package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

// cancellations are the two ways to cancel a run, with what becomes of the
// reason. A reason comes with the update only.
func cancellations() map[string]struct {
	reason string
	cancel func(*run)
} {
	return map[string]struct {
		reason string
		cancel func(*run)
	}{
		"by update": {"a duplicate", func(r *run) {
			r.update(workflows.CancelUpdate, workflows.CancelInput{Reason: "a duplicate"})
		}},
		"by the server": {"", func(r *run) { r.env.CancelWorkflow() }},
	}
}

func requireCancelled(t *testing.T, err error, reason string) {
	t.Helper()
	var cancelled *temporal.CanceledError
	require.ErrorAs(t, err, &cancelled)
	var text string
	require.True(t, cancelled.HasDetails())
	require.NoError(t, cancelled.Details(&text))
	want := "cancelled"
	if reason != "" {
		want += ": " + reason
	}
	require.Equal(t, want, text)
}

func TestCancelDuringAWaitEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, test := range cancellations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, standard("crm"), standard("mailing"))
			r.deliver = script{"dlv_crm": {failed()}}.deliver
			r.at(30*time.Second, func() { test.cancel(r) })
			requireCancelled(t, r.execute(), test.reason)

			require.Equal(t, []string{"0s attempt crm 1 first", "0s attempt crm 2 schedule"}, r.journal.about("attempt crm"))
			require.Equal(t, []string{"30s finalize failed"}, r.journal.about("finalize"))
			require.Empty(t, cmp.Diff(models.Conclusion{
				Cancelled: true, CancelReason: test.reason,
				Outcomes: []models.DeliveryOutcome{
					{DeliveryID: "dlv_crm", Label: "webhook crm", Attempts: 2, Verdict: models.Verdict{
						Outcome: models.OutcomeGiveUp, HTTPStatus: 500, Code: models.ErrorCancelled,
						Message: "cancelled before it was delivered",
					}},
					{DeliveryID: "dlv_mailing", Label: "webhook mailing", Attempts: 1, Verdict: delivered()},
				},
			}, r.conclusion()), "what was delivered stays delivered")
			require.Equal(t, "failed", r.upserts[len(r.upserts)-1]["LeadStatus"])
		})
	}
}

// TestCancelDuringARequestEndsTheRun: the SDK's test environment does not wait
// for the verdict of a cancelled activity, as a server would.
func TestCancelDuringARequestEndsTheRun(t *testing.T) {
	t.Parallel()
	for name, test := range cancellations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, standard("crm"))
			finished := make(chan struct{})
			r.deliver = func(context.Context, activities.DeliverInput) (models.Verdict, error) {
				test.cancel(r)
				<-finished
				return failed(), nil
			}
			r.finalize = func() error {
				close(finished)
				return nil
			}
			requireCancelled(t, r.execute(), test.reason)
			require.Len(t, r.journal.about("attempt"), 1)
			require.Empty(t, r.journal.about("retrying crm"))
			outcome := r.conclusion().Outcomes[0]
			require.Equal(t, 1, outcome.Attempts)
			require.Equal(t, models.ErrorCancelled, outcome.Verdict.Code)
		})
	}
}

func TestLeadThatIsCancelledAtOnceIsStored(t *testing.T) {
	t.Parallel()
	for name, test := range cancellations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, standard("crm"))
			r.qualify = func() error {
				test.cancel(r)
				return nil
			}
			requireCancelled(t, r.execute(), test.reason)
			require.Equal(t, []string{"0s qualify", "0s persist", "0s finalize failed", "0s status failed"}, r.journal.lines)
			conclusion := r.conclusion()
			require.True(t, conclusion.Cancelled)
			require.Equal(t, test.reason, conclusion.CancelReason)
			require.Zero(t, conclusion.Outcomes[0].Attempts)
		})
	}
}

func TestCancelWithNothingToDeliverIsNoFailure(t *testing.T) {
	t.Parallel()
	for name, test := range cancellations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t)
			r.qualify = func() error {
				test.cancel(r)
				return nil
			}
			require.NoError(t, r.execute())
			require.Equal(t, models.StatusCompleted, r.conclusion().Status())
		})
	}
}

func TestCancelThatComesTooLateChangesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range cancellations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, standard("crm"))
			r.finalize = func() error {
				test.cancel(r)
				return nil
			}
			require.NoError(t, r.execute())
			require.Equal(t, []string{"0s finalize completed"}, r.journal.about("finalize"))
			require.False(t, r.conclusion().Cancelled)
		})
	}
}

// TestCancelledRunEndsOnlyWhenThatIsStored has the database away just then.
func TestCancelledRunEndsOnlyWhenThatIsStored(t *testing.T) {
	t.Parallel()
	for name, test := range cancellations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, webhook("crm", waits(time.Minute)...))
			r.deliver = script{"dlv_crm": {failed()}}.deliver
			r.finalize = failing(5)
			r.at(time.Second, func() { test.cancel(r) })
			requireCancelled(t, r.execute(), test.reason)
			require.Len(t, r.journal.about("finalize failed"), 6)
			require.True(t, r.conclusion().Cancelled)
		})
	}
}
