package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
	"leadrail/workflows"
)

func TestThePageAndTheServerDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t, webhook("crm", waits(time.Minute)...), standard("mailing"))
	r.deliver = script{"dlv_crm": {failed(), delivered()}}.deliver
	r.at(time.Hour, func() {
		page.put(delivered())
		r.signal()
	})
	require.NoError(t, r.execute())
	require.Equal(t, []string{"0s attempt mailing 1 first"}, r.journal.about("attempt mailing"))
	require.Equal(t, []string{"0s attempt crm 1 first", "1m0s attempt crm 2 schedule"}, r.journal.about("attempt crm"))
	require.Equal(t, []string{"1h0m0s finalize completed"}, r.journal.about("finalize"))
}

func TestAPageThatFailedLeavesTheServerAlone(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t, webhook("crm", waits(time.Minute)...))
	page.put(gaveUpAs(models.ErrorHandlerFailed))
	r.deliver = script{"dlv_crm": {failed(), delivered()}}.deliver
	require.NoError(t, orFailed(t, r.execute(), true))
	require.Equal(t, []string{"1m0s finalize failed"}, r.journal.about("finalize"))
	require.Empty(t, cmp.Diff([]models.DeliveryOutcome{
		{DeliveryID: "dlv_crm", Label: "webhook crm", Attempts: 2, Verdict: delivered()}, pageOutcome(gaveUpAs(models.ErrorHandlerFailed)),
	}, r.conclusion().Outcomes))
}

func TestALeadThatWaitsForItsPageIsPending(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	var during workflows.State
	r.at(time.Hour, func() {
		during = r.state()
		page.put(delivered())
		r.signal()
	})
	require.NoError(t, r.execute())
	require.Equal(t, workflows.State{Status: models.StatusPending, Deliveries: []workflows.DeliveryState{
		{DeliveryID: "dlv_client", Label: "client", Status: models.DeliveryPending, Attempt: 1, MaxAttempts: 1},
	}}, during)
	require.Len(t, r.upserts, 1, "at the end alone")
}

func TestRetryNowDoesNotEndTheWaitForThePage(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t, webhook("crm", waits(2*time.Hour)...))
	r.deliver = script{"dlv_crm": {failed(), delivered()}}.deliver
	var named, all, alone *answer
	r.at(time.Hour, func() {
		named = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{DeliveryIDs: []string{"dlv_client"}})
		all = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{})
	})
	r.at(2*time.Hour, func() { alone = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{}) })
	r.at(3*time.Hour, func() {
		page.put(delivered())
		r.signal()
	})
	require.NoError(t, r.execute())
	requireRejected(t, named, workflows.ErrTypeNothingWaiting)
	require.Equal(t, workflows.RetryNowResult{DeliveryIDs: []string{"dlv_crm"}}, all.Result)
	requireRejected(t, alone, workflows.ErrTypeNothingWaiting)
}

// A page is awaited once in a run, so what it did not do is for another run.
func TestRedeliverIsNotForThePage(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t, webhook("gone"), webhook("crm", waits(time.Hour)...))
	r.deliver = script{"dlv_crm": {failed(), delivered()}, "dlv_gone": {gaveUpAs(models.ErrorGone), delivered()}}.deliver
	page.put(gaveUpAs(models.ErrorHandlerFailed))
	var named, all, alone *answer
	r.at(time.Minute, func() {
		named = r.redeliver("dlv_client")
		all = r.redeliver()
	})
	r.at(2*time.Minute, func() { alone = r.redeliver() })
	require.NoError(t, orFailed(t, r.execute(), true))
	requireRejected(t, named, workflows.ErrTypeNothingFailed)
	require.Equal(t, workflows.RedeliverResult{DeliveryIDs: []string{"dlv_gone"}}, all.Result)
	requireRejected(t, alone, workflows.ErrTypeNothingFailed)
	require.Equal(t, []string{"0s look"}, r.journal.about("look"))
}

func TestAReplayAwaitsThePageAnew(t *testing.T) {
	t.Parallel()
	r, page := newPageRun(t)
	r.persist = func() (models.Plan, error) {
		again := thePage()
		again.Trigger = models.TriggerReplay
		return models.Plan{Deliveries: []models.PlannedDelivery{again}}, nil
	}
	r.at(time.Hour, func() {
		page.put(delivered())
		r.signal()
	})
	require.NoError(t, r.execute())
	require.Equal(t, []string{"0s look", "1h0m0s look"}, r.journal.about("look"))
}
