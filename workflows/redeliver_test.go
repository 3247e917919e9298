package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

// gaveUp is a run in which crm gives up at once and mailing waits for an hour.
func gaveUp(t *testing.T) *run {
	t.Helper()
	r := newRun(t, webhook("crm", waits(0, time.Minute)...), webhook("mailing", waits(time.Hour)...))
	gone := models.Verdict{Outcome: models.OutcomeGiveUp, HTTPStatus: 410, Code: models.ErrorGone}
	r.deliver = script{"dlv_crm": {gone, failed(), delivered()}, "dlv_mailing": {failed(), delivered()}}.deliver
	return r
}

func (r *run) redeliver(ids ...string) *answer {
	return r.update(workflows.RedeliverUpdate, workflows.RedeliverInput{DeliveryIDs: ids})
}

func TestRedeliverBeginsAnewBesideTheRest(t *testing.T) {
	t.Parallel()
	for name, named := range map[string][]string{"what gave up": nil, "by name": {"dlv_crm"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gaveUp(t)
			var again *answer
			r.at(time.Minute, func() { again = r.redeliver(named...) })
			require.NoError(t, r.execute())
			require.NoError(t, again.Err)
			require.Equal(t, workflows.RedeliverResult{DeliveryIDs: []string{"dlv_crm"}}, again.Result)
			require.Equal(t, []string{
				"0s attempt crm 1 first", "1m0s attempt crm 2 replay", "1m0s attempt crm 3 schedule",
			}, r.journal.about("attempt crm"), "the attempts count on, the schedule begins anew")
			require.Equal(t, []string{"0s attempt mailing 1 first", "1h0m0s attempt mailing 2 schedule"}, r.journal.about("attempt mailing"))
			require.Empty(t, cmp.Diff([]models.DeliveryOutcome{
				{DeliveryID: "dlv_crm", Label: "webhook crm", Attempts: 3, Verdict: delivered()},
				{DeliveryID: "dlv_mailing", Label: "webhook mailing", Attempts: 2, Verdict: delivered()},
			}, r.conclusion().Outcomes), "once each")
		})
	}
}

func TestRedeliverShowsWhereItStands(t *testing.T) {
	t.Parallel()
	r := gaveUp(t)
	var before, after workflows.DeliveryState
	r.at(time.Minute, func() {
		before = r.state().Deliveries[0]
		r.redeliver()
	})
	r.at(2*time.Minute, func() { after = r.state().Deliveries[0] })
	require.NoError(t, r.execute())
	require.Equal(t, workflows.DeliveryState{
		DeliveryID: "dlv_crm", Label: "webhook crm", Status: models.DeliveryFailed, Attempt: 1, MaxAttempts: 3, ErrorCode: models.ErrorGone,
	}, before)
	require.Equal(t, models.DeliveryDelivered, after.Status)
	require.Equal(t, 3, after.Attempt)
	require.Equal(t, 4, after.MaxAttempts, "one was made before the schedule began anew")
}

func TestRedeliverIsRejectedWhereNothingGaveUp(t *testing.T) {
	t.Parallel()
	for name, named := range map[string][]string{
		"a delivery that waits":    {"dlv_mailing"},
		"one that waits, one not":  {"dlv_crm", "dlv_mailing"},
		"an unknown delivery":      {"dlv_other"},
		"a second time, all":       nil,
		"a second time, by name":   {"dlv_crm"},
		"a second time, name both": {"dlv_crm", "dlv_crm"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gaveUp(t)
			var first, again *answer
			again = &answer{}
			r.at(time.Minute, func() {
				if name[:8] == "a second" {
					first = r.redeliver()
				}
				again = r.redeliver(named...)
			})
			require.NoError(t, orFailed(t, r.execute(), first == nil))
			requireRejected(t, again, workflows.ErrTypeNothingFailed)
		})
	}
}

// orFailed drops the error of a run that must have failed.
func orFailed(t *testing.T, err error, fails bool) error {
	t.Helper()
	if !fails {
		return err
	}
	require.Equal(t, workflows.ErrTypeDeliveryFailed, errorType(t, err))
	return nil
}

func TestRedeliverIsRejectedBeforeAndAfterTheDeliveries(t *testing.T) {
	t.Parallel()
	r := newRun(t, standard("crm"))
	gone := models.Verdict{Outcome: models.OutcomeGiveUp, HTTPStatus: 410, Code: models.ErrorGone}
	r.deliver = script{"dlv_crm": {gone}}.deliver
	var early, late *answer
	r.qualify = func() error {
		early = r.redeliver()
		<-early.done
		return nil
	}
	r.finalize = func() error {
		late = r.redeliver()
		<-late.done
		return nil
	}
	require.NoError(t, orFailed(t, r.execute(), true))
	requireRejected(t, early, workflows.ErrTypeNothingFailed)
	requireRejected(t, late, workflows.ErrTypeNothingFailed)
	require.Len(t, r.journal.about("attempt"), 1)
}

func TestRedeliverIsRejectedOnceTheRunIsCancelled(t *testing.T) {
	t.Parallel()
	r := gaveUp(t)
	var late *answer
	r.at(time.Minute, func() {
		r.update(workflows.CancelUpdate, workflows.CancelInput{})
		late = r.redeliver()
	})
	requireCancelled(t, r.execute(), "")
	requireRejected(t, late, workflows.ErrTypeNothingFailed)
	require.Len(t, r.journal.about("attempt crm"), 1)
}

func TestRetryNowAndCancelReachWhatIsRedelivered(t *testing.T) {
	t.Parallel()
	r := newRun(t, webhook("crm", waits(time.Hour)...), webhook("mailing", waits(24*time.Hour)...))
	attempts := 0
	r.deliver = func(_ context.Context, in activities.DeliverInput) (models.Verdict, error) {
		if in.DeliveryID == "dlv_crm" {
			attempts++
		}
		return failed(), nil
	}
	var woken *answer
	r.at(90*time.Minute, func() { r.redeliver() }) // the third attempt; crm gave up after an hour
	r.at(100*time.Minute, func() {
		woken = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{DeliveryIDs: []string{"dlv_crm"}}) // the fourth
	})
	r.at(110*time.Minute, func() { r.redeliver() }) // the fifth
	r.at(120*time.Minute, func() { r.update(workflows.CancelUpdate, workflows.CancelInput{Reason: "enough"}) })
	requireCancelled(t, r.execute(), "enough")
	require.Equal(t, workflows.RetryNowResult{DeliveryIDs: []string{"dlv_crm"}}, woken.Result)
	require.Equal(t, []string{
		"0s attempt crm 1 first", "1h0m0s attempt crm 2 schedule", "1h30m0s attempt crm 3 replay",
		"1h40m0s attempt crm 4 retry_now", "1h50m0s attempt crm 5 replay",
	}, r.journal.about("attempt crm"))
	require.Equal(t, 5, attempts)
}

func TestAReplayDeliversWhatItChose(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		verdict models.Verdict
		left    []models.DeliveryOutcome
		reason  string
	}{
		"and all is well":        {delivered(), nil, ""},
		"and it fails again":     {models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorGone}, nil, "webhook crm: gone"},
		"and another stays open": {delivered(), []models.DeliveryOutcome{left("mailing")}, "webhook mailing: timeout (4 attempts)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned := standard("crm")
			planned.Trigger = models.TriggerReplay
			r := newRun(t)
			r.persist = func() (models.Plan, error) {
				return models.Plan{Deliveries: []models.PlannedDelivery{planned}, Undelivered: c.left}, nil
			}
			r.deliver = script{"dlv_crm": {c.verdict}}.deliver
			err := r.execute()
			require.Equal(t, []string{"0s attempt crm 1 replay"}, r.journal.about("attempt"))
			require.Equal(t, c.reason, r.conclusion().FailureReason())
			require.NoError(t, orFailed(t, err, c.reason != ""))
		})
	}
}

// left is a delivery that is not part of a replay.
func left(name string) models.DeliveryOutcome {
	return models.DeliveryOutcome{
		DeliveryID: "dlv_" + name, Label: "webhook " + name, Attempts: 4,
		Verdict: models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorTimeout},
	}
}
