package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

func TestFailedDeliveryIsTriedAgainAtOnceAndAfterAMinute(t *testing.T) {
	t.Parallel()
	r := newRun(t, standard("crm"))
	r.deliver = script{"dlv_crm": {failed(), failed(), delivered()}}.deliver
	require.NoError(t, r.execute())
	require.Empty(t, cmp.Diff([]string{
		"0s qualify",
		"0s persist",
		"0s attempt crm 1 first",
		"0s retrying crm after 1, due 0s",
		"0s status retrying",
		"0s attempt crm 2 schedule",
		"0s retrying crm after 2, due 1m0s",
		"1m0s attempt crm 3 schedule",
		"1m0s finalize completed",
		"1m0s status completed",
	}, r.journal.lines))
	require.Equal(t, 3, r.conclusion().Outcomes[0].Attempts)
	for _, retry := range inputsOf[activities.RetryingInput](r.journal) {
		require.Equal(t, failed(), retry.Verdict)
	}
}

func TestDeliveryGivesUpAfterFourAttempts(t *testing.T) {
	t.Parallel()
	r := newRun(t, standard("crm"))
	r.deliver = script{"dlv_crm": {failed()}}.deliver
	err := r.execute()
	require.Equal(t, workflows.ErrTypeDeliveryFailed, errorType(t, err))
	require.ErrorContains(t, err, "webhook crm: http_status: The endpoint answered with status 500. (4 attempts)")
	require.Equal(t, []string{
		"0s attempt crm 1 first", "0s attempt crm 2 schedule", "1m0s attempt crm 3 schedule", "6m0s attempt crm 4 schedule",
	}, r.journal.about("attempt"))
	require.Len(t, r.journal.about("retrying crm"), 3, "the last attempt is followed by no wait")
	require.Equal(t, []string{"6m0s finalize failed"}, r.journal.about("finalize"))
	require.Empty(t, cmp.Diff([]map[string]any{
		{"LeadStatus": "retrying"},
		{"LeadStatus": "failed", "LeadScore": int64(42), "LeadTier": "hot"},
	}, r.upserts), "each upsert is dear: one on entering retrying, one at the end")
	require.Empty(t, cmp.Diff(models.Conclusion{Outcomes: []models.DeliveryOutcome{
		{DeliveryID: "dlv_crm", Label: "webhook crm", Attempts: 4, Verdict: failed()},
	}}, r.conclusion()))
}

func TestVerdictThatForbidsAnotherTryEndsTheDelivery(t *testing.T) {
	t.Parallel()
	for outcome, code := range map[models.Outcome]models.ErrorCode{
		models.OutcomeGiveUp:  models.ErrorAddressRefused,
		models.OutcomeDisable: models.ErrorGone,
	} {
		t.Run(string(outcome), func(t *testing.T) {
			t.Parallel()
			r := newRun(t, standard("crm"))
			r.deliver = script{"dlv_crm": {failed(), {Outcome: outcome, Code: code}}}.deliver
			require.Equal(t, workflows.ErrTypeDeliveryFailed, errorType(t, r.execute()))
			require.Equal(t, []string{"0s attempt crm 1 first", "0s attempt crm 2 schedule"}, r.journal.about("attempt"))
			require.Equal(t, []string{"0s finalize failed"}, r.journal.about("finalize"))
			require.Equal(t, code, r.conclusion().Outcomes[0].Verdict.Code)
			require.False(t, r.conclusion().Cancelled)
		})
	}
}

func TestRetryAfterLengthensAWaitAndNeverShortensIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schedule, asked time.Duration
		want            string
	}{
		"longer than the schedule":  {time.Minute, 10 * time.Minute, "10m0s"},
		"shorter than the schedule": {time.Minute, 10 * time.Second, "1m0s"},
		"where the schedule is now": {0, 30 * time.Second, "30s"},
		"none":                      {time.Minute, 0, "1m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			busy := failed()
			busy.RetryAfter = test.asked
			r := newRun(t, webhook("crm", waits(test.schedule)...))
			r.deliver = script{"dlv_crm": {busy, delivered()}}.deliver
			require.NoError(t, r.execute())
			require.Equal(t, []string{"0s retrying crm after 1, due " + test.want}, r.journal.about("retrying crm"))
			require.Equal(t, []string{"0s attempt crm 1 first", test.want + " attempt crm 2 schedule"}, r.journal.about("attempt"))
		})
	}
}

func TestScheduleIsThatOfTheAction(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schedule []time.Duration
		want     []string
	}{
		"empty: one attempt": {want: []string{"0s attempt crm 1 first"}},
		"one wait":           {[]time.Duration{90 * time.Second}, []string{"0s attempt crm 1 first", "1m30s attempt crm 2 schedule"}},
		"its own waits": {
			[]time.Duration{2 * time.Second, 24 * time.Hour},
			[]string{"0s attempt crm 1 first", "2s attempt crm 2 schedule", "24h0m2s attempt crm 3 schedule"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, webhook("crm", waits(test.schedule...)...))
			r.deliver = script{"dlv_crm": {failed()}}.deliver
			require.Equal(t, workflows.ErrTypeDeliveryFailed, errorType(t, r.execute()))
			require.Equal(t, test.want, r.journal.about("attempt"))
		})
	}
}

func TestFailingDeliveryNeitherDelaysNorRepeatsAnother(t *testing.T) {
	t.Parallel()
	r := newRun(t, standard("dead"), standard("crm"), webhook("slow", waits(time.Second)...))
	r.deliver = script{"dlv_dead": {failed()}, "dlv_slow": {failed(), delivered()}}.deliver
	require.Equal(t, workflows.ErrTypeDeliveryFailed, errorType(t, r.execute()))
	require.Equal(t, []string{"0s attempt crm 1 first"}, r.journal.about("attempt crm"))
	require.Equal(t, []string{"0s attempt slow 1 first", "1s attempt slow 2 schedule"}, r.journal.about("attempt slow"))
	require.Len(t, r.journal.about("attempt dead"), 4)
	require.Empty(t, cmp.Diff([]models.DeliveryOutcome{
		{DeliveryID: "dlv_dead", Label: "webhook dead", Attempts: 4, Verdict: failed()},
		{DeliveryID: "dlv_crm", Label: "webhook crm", Attempts: 1, Verdict: delivered()},
		{DeliveryID: "dlv_slow", Label: "webhook slow", Attempts: 2, Verdict: delivered()},
	}, r.conclusion().Outcomes), "outcomes stand in the plan's order")
	require.Len(t, r.upserts, 2, "the lead enters retrying once, however many deliveries do")
	require.Equal(t, []string{"6m0s finalize failed"}, r.journal.about("finalize"),
		"the lead is failed when nothing of the run is left to do")
}

// TestWaitIsCountedFromTheEndOfTheAttempt has the database away while a wait
// is recorded, for 3.6 s.
func TestWaitIsCountedFromTheEndOfTheAttempt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wait time.Duration
		want string
	}{
		"an outage shorter than the wait": {time.Minute, "1m0s"},
		"an outage longer than the wait":  {time.Second, "3.6s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, webhook("crm", waits(test.wait)...))
			r.deliver = script{"dlv_crm": {failed(), delivered()}}.deliver
			r.markRetrying = failing(5)
			require.NoError(t, r.execute())
			require.Equal(t, []string{"0s attempt crm 1 first", test.want + " attempt crm 2 schedule"}, r.journal.about("attempt"))
			for _, retry := range inputsOf[activities.RetryingInput](r.journal) {
				require.Equal(t, test.wait, r.journal.since(retry.NextAttemptAt))
			}
		})
	}
}
