package workflows_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

// thePage plans the work of the visitor's page.
func thePage() models.PlannedDelivery {
	return models.PlannedDelivery{
		DeliveryID: "dlv_client", ActionID: "act_client", Action: "client", Type: models.ActionClient, Schedule: []models.Duration{},
	}
}

// report is the place where a page's result is put.
type report struct {
	mu      sync.Mutex
	verdict *models.Verdict
	// looks is how often the run looked.
	looks int
}

// look is what the activity does.
func (p *report) look(in activities.ClientInput) (activities.ClientVerdict, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looks++
	switch {
	case p.verdict != nil:
		return activities.ClientVerdict{Known: true, Verdict: *p.verdict}, nil
	case in.End != "":
		return activities.ClientVerdict{Known: true, Verdict: gaveUpAs(in.End)}, nil
	default:
		return activities.ClientVerdict{}, nil
	}
}

func (p *report) put(verdict models.Verdict) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.verdict = &verdict
}

func (p *report) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.looks
}

func gaveUpAs(code models.ErrorCode) models.Verdict {
	return models.Verdict{Outcome: models.OutcomeGiveUp, Code: code}
}

// newPageRun is a run with work for the page, besides other deliveries.
func newPageRun(t *testing.T, others ...models.PlannedDelivery) (*run, *report) {
	t.Helper()
	page := &report{}
	r := newRun(t, append(others, thePage())...)
	r.lookUp = page.look
	return r, page
}

// signal tells the run that its page has reported.
func (r *run) signal() { r.env.SignalWorkflow(workflows.ClientResultSignal, nil) }

func pageOutcome(verdict models.Verdict) models.DeliveryOutcome {
	return models.DeliveryOutcome{DeliveryID: "dlv_client", Label: "client", Attempts: 1, Verdict: verdict}
}

func TestAResultThatIsThereEndsTheWaitBeforeItBegins(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	page.put(delivered())
	require.NoError(t, r.execute())
	require.Equal(t, []string{"0s qualify", "0s persist", "0s look", "0s finalize completed", "0s status completed"}, r.journal.lines)
	require.Equal(t, []activities.ClientInput{{
		SubmissionID: "sub_1", DeliverInput: activities.DeliverInput{
			DeliveryID: "dlv_client", RunSeq: 2, N: 1, Trigger: models.TriggerFirst, ActionID: "act_client",
		},
	}}, inputsOf[activities.ClientInput](r.journal))
	require.Empty(t, cmp.Diff([]models.DeliveryOutcome{pageOutcome(delivered())}, r.conclusion().Outcomes))
	require.Empty(t, r.journal.remote)
}

func TestAResultEndsTheWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		verdict models.Verdict
		status  models.Status
	}{
		"success": {delivered(), models.StatusCompleted},
		"failure": {gaveUpAs(models.ErrorHandlerFailed), models.StatusFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, page := newPageRun(t)
			r.at(7*time.Hour, func() {
				page.put(c.verdict)
				r.signal()
			})
			require.NoError(t, orFailed(t, r.execute(), c.status == models.StatusFailed))
			require.Equal(t, []string{"0s look", "7h0m0s look"}, r.journal.about("look"))
			require.Empty(t, cmp.Diff([]models.DeliveryOutcome{pageOutcome(c.verdict)}, r.conclusion().Outcomes))
			require.Equal(t, []string{"7h0m0s finalize " + string(c.status)}, r.journal.about("finalize"))
		})
	}
}

func TestAnAlertTellsOfAHandlerThatFailed(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	page.put(gaveUpAs(models.ErrorHandlerFailed))
	require.NoError(t, orFailed(t, r.execute(), true))
	require.Equal(t, "client: handler_failed", r.conclusion().FailureReason())
	require.Len(t, r.journal.about("alert"), 1)
}

func TestAResultThatNeverComesFailsAfterADay(t *testing.T) {
	t.Parallel()
	r, _ := newPageRun(t)
	require.NoError(t, orFailed(t, r.execute(), true))
	require.Equal(t, []string{"0s look", "24h0m0s look timeout"}, r.journal.about("look"))
	require.Empty(t, cmp.Diff([]models.DeliveryOutcome{pageOutcome(gaveUpAs(models.ErrorTimeout))}, r.conclusion().Outcomes))
}

func TestAResultAtTheLastMomentCounts(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	r.at(24*time.Hour-time.Second, func() { page.put(delivered()) }) // and the signal got lost
	require.NoError(t, r.execute())
	require.Equal(t, []string{"0s look", "24h0m0s look timeout"}, r.journal.about("look"))
}

// Anybody who may use Temporal can send signals.
func TestASignalWithoutAResultChangesNothing(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	r.at(time.Hour, r.signal)
	r.at(2*time.Hour, func() {
		page.put(delivered())
		r.signal()
	})
	require.NoError(t, r.execute())
	require.Equal(t, []string{"0s look", "1h0m0s look", "2h0m0s look"}, r.journal.about("look"))
}

func TestASignalThatComesBeforeTheWaitIsHeard(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	r.lookUp = func(in activities.ClientInput) (activities.ClientVerdict, error) {
		found, err := page.look(in)
		if page.count() == 1 { // the page reports just when the run has looked
			page.put(delivered())
			r.signal()
		}
		return found, err
	}
	require.NoError(t, r.execute())
	require.Equal(t, []string{"0s look", "0s look"}, r.journal.about("look"))
}

// A page may be quicker than the look that finds its result.
func TestASignalOfAResultThatIsKnownIsNoWarning(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	page.put(delivered())
	r.qualify = func() error {
		r.signal()
		return nil
	}
	require.NoError(t, r.execute())
	require.Equal(t, []string{"0s look"}, r.journal.about("look"))
	require.Empty(t, r.warnings.String())
}

func TestCancelEndsTheWaitForThePage(t *testing.T) {
	t.Parallel()
	for name, test := range cancellations() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := newPageRun(t)
			r.at(time.Hour, func() { test.cancel(r) })
			requireCancelled(t, r.execute(), test.reason)
			require.Equal(t, []string{"0s look", "1h0m0s look cancelled"}, r.journal.about("look"))
			require.Equal(t, []string{"1h0m0s finalize failed"}, r.journal.about("finalize"))
			require.Empty(t, cmp.Diff([]models.DeliveryOutcome{pageOutcome(gaveUpAs(models.ErrorCancelled))}, r.conclusion().Outcomes))
		})
	}
}

func TestCancelAtOnceStillLooksForAResult(t *testing.T) {
	t.Parallel()
	for name, reported := range map[string]bool{"none": false, "one": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, page := newPageRun(t)
			r.qualify = func() error {
				r.env.CancelWorkflow()
				return nil
			}
			if reported {
				page.put(delivered())
				require.NoError(t, r.execute(), "what was done is done")
				return
			}
			requireCancelled(t, r.execute(), "")
			require.Equal(t, []string{"0s look", "0s look cancelled"}, r.journal.about("look"))
		})
	}
}

func TestDatabaseThatIsAwayDelaysALook(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	page.put(delivered())
	outage := failing(5)
	r.lookUp = func(in activities.ClientInput) (activities.ClientVerdict, error) {
		if err := outage(); err != nil {
			return activities.ClientVerdict{}, errors.New("the database is away")
		}
		return page.look(in)
	}
	require.NoError(t, r.execute())
	require.Equal(t, 1, page.count())
	require.Empty(t, cmp.Diff([]models.DeliveryOutcome{pageOutcome(delivered())}, r.conclusion().Outcomes))
}
