package workflows_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

func TestRetryNowCutsAWait(t *testing.T) {
	t.Parallel()
	r := newRun(t, webhook("crm", waits(time.Minute, 5*time.Minute)...))
	r.deliver = script{"dlv_crm": {failed(), failed(), delivered()}}.deliver
	var now *answer
	r.at(10*time.Second, func() { now = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{}) })
	require.NoError(t, r.execute())
	require.NoError(t, now.Err)
	require.Equal(t, workflows.RetryNowResult{DeliveryIDs: []string{"dlv_crm"}}, now.Result)
	require.Equal(t, []string{
		"0s attempt crm 1 first", "10s attempt crm 2 retry_now", "5m10s attempt crm 3 schedule",
	}, r.journal.about("attempt"), "the next wait is that of the schedule again")
}

func TestRetryNowEndsTheWaitsOfTheNamedDeliveriesOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		named, woken []string
	}{
		"one":                       {[]string{"dlv_b"}, []string{"dlv_b"}},
		"one that waits, one not":   {[]string{"dlv_done", "dlv_a"}, []string{"dlv_a"}},
		"none: all, in plan order":  {nil, []string{"dlv_a", "dlv_b"}},
		"all, in whatever sequence": {[]string{"dlv_b", "dlv_a"}, []string{"dlv_a", "dlv_b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, webhook("a", waits(time.Minute)...), webhook("b", waits(time.Minute)...), webhook("done"))
			r.deliver = script{"dlv_a": {failed(), delivered()}, "dlv_b": {failed(), delivered()}}.deliver
			var now *answer
			r.at(10*time.Second, func() {
				now = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{DeliveryIDs: test.named})
			})
			require.NoError(t, r.execute())
			require.Equal(t, workflows.RetryNowResult{DeliveryIDs: test.woken}, now.Result)
			second := map[bool]string{true: "10s attempt %s 2 retry_now", false: "1m0s attempt %s 2 schedule"}
			for _, id := range []string{"dlv_a", "dlv_b"} {
				woken := len(test.woken) == 2 || test.woken[0] == id
				require.Contains(t, r.journal.lines, fmt.Sprintf(second[woken], short(id)))
			}
		})
	}
}

func TestRetryNowIsRejectedWhereNothingWaits(t *testing.T) {
	t.Parallel()
	for name, named := range map[string][]string{
		"nobody waits":          nil,
		"a delivery under way":  {"dlv_crm"},
		"an unknown delivery":   {"dlv_other"},
		"a delivery that ended": {"dlv_done"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, standard("crm"), standard("done"))
			var now *answer
			r.deliver = func(_ context.Context, in activities.DeliverInput) (models.Verdict, error) {
				if in.DeliveryID == "dlv_crm" {
					now = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{DeliveryIDs: named})
					<-now.done
				}
				return delivered(), nil
			}
			require.NoError(t, r.execute())
			requireRejected(t, now, workflows.ErrTypeNothingWaiting)
		})
	}
}

func TestSecondRetryNowIsRejected(t *testing.T) {
	t.Parallel()
	r := newRun(t, webhook("crm", waits(time.Minute)...))
	var first, second *answer
	r.deliver = func(_ context.Context, in activities.DeliverInput) (models.Verdict, error) {
		if in.N == 1 {
			return failed(), nil
		}
		second = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{})
		<-second.done
		return delivered(), nil
	}
	r.at(time.Second, func() { first = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{}) })
	require.NoError(t, r.execute())
	require.True(t, first.Accepted)
	requireRejected(t, second, workflows.ErrTypeNothingWaiting)
	require.Len(t, r.journal.about("attempt"), 2)
}

func TestUpdatesAreRejectedWhileTheRunEnds(t *testing.T) {
	t.Parallel()
	r := newRun(t, standard("crm"))
	var now, cancel *answer
	r.finalize = func() error {
		if now == nil {
			now = r.update(workflows.RetryNowUpdate, workflows.RetryNowInput{})
			cancel = r.update(workflows.CancelUpdate, workflows.CancelInput{Reason: "too late"})
			<-now.done
			<-cancel.done
		}
		return nil
	}
	require.NoError(t, r.execute())
	requireRejected(t, now, workflows.ErrTypeNothingWaiting)
	requireRejected(t, cancel, workflows.ErrTypeFinished)
	require.False(t, r.conclusion().Cancelled)
}
