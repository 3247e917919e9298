package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestConclusion(t *testing.T) {
	t.Parallel()
	delivered := models.DeliveryOutcome{Label: "webhook crm", Attempts: 1, Verdict: models.Verdict{Outcome: models.OutcomeDelivered}}
	failed := models.DeliveryOutcome{Label: "webhook mailing", Attempts: 4, Verdict: models.Verdict{
		Outcome: models.OutcomeRetry, Code: models.ErrorHTTPStatus, Message: "the endpoint answered 500",
	}}
	gone := models.DeliveryOutcome{Label: "webhook chat", Attempts: 1, Verdict: models.Verdict{
		Outcome: models.OutcomeDisable, Code: models.ErrorGone,
	}}
	never := models.DeliveryOutcome{Label: "webhook late", Verdict: models.Verdict{
		Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled, Message: "cancelled",
	}}
	for name, c := range map[string]struct {
		conclusion models.Conclusion
		reason     string
	}{
		"nothing to do":    {models.Conclusion{}, ""},
		"all delivered":    {models.Conclusion{Outcomes: []models.DeliveryOutcome{delivered, delivered}}, ""},
		"one gave up":      {models.Conclusion{Outcomes: []models.DeliveryOutcome{delivered, failed}}, "webhook mailing: http_status: the endpoint answered 500 (4 attempts)"},
		"two gave up":      {models.Conclusion{Outcomes: []models.DeliveryOutcome{gone, never}}, "webhook chat: gone; webhook late: cancelled: cancelled"},
		"cancelled":        {models.Conclusion{Outcomes: []models.DeliveryOutcome{delivered, never}, Cancelled: true}, "cancelled"},
		"with a reason":    {models.Conclusion{Outcomes: []models.DeliveryOutcome{never, failed}, Cancelled: true, CancelReason: "a test"}, "cancelled: a test"},
		"too late":         {models.Conclusion{Outcomes: []models.DeliveryOutcome{delivered}, Cancelled: true, CancelReason: "a test"}, ""},
		"nothing to abort": {models.Conclusion{Cancelled: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.reason, c.conclusion.FailureReason())
			want := models.StatusCompleted
			if c.reason != "" {
				want = models.StatusFailed
			}
			require.Equal(t, want, c.conclusion.Status())
			require.True(t, c.conclusion.Status().Terminal())
		})
	}
}

func TestPlannedDelivery(t *testing.T) {
	t.Parallel()
	planned := models.PlannedDelivery{Action: "crm", Type: models.ActionWebhook, Schedule: models.DefaultRetrySchedule()}
	require.Equal(t, "webhook crm", planned.Label())
	require.Equal(t, 4, planned.MaxAttempts(), "the first and three retries")
	planned.Action, planned.Schedule = "webhook", nil
	require.Equal(t, "webhook", planned.Label())
	require.Equal(t, 1, planned.MaxAttempts())
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	minutes := func(all ...int) []models.Duration {
		schedule := []models.Duration{}
		for _, n := range all {
			schedule = append(schedule, models.Duration(time.Duration(n)*time.Minute))
		}
		return schedule
	}
	require.Equal(t, minutes(0, 1, 5), models.Action{}.Schedule())
	require.Equal(t, minutes(), models.Action{RetrySchedule: minutes()}.Schedule(), "tried once")
	require.Equal(t, minutes(7), models.Action{RetrySchedule: minutes(7)}.Schedule())
	models.DefaultRetrySchedule()[0] = models.Duration(time.Hour)
	require.Equal(t, minutes(0, 1, 5), models.DefaultRetrySchedule(), "each caller has its own")
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	for outcome, c := range map[models.Outcome]struct{ delivered, final bool }{
		models.OutcomeDelivered: {true, true},
		models.OutcomeRetry:     {false, false},
		models.OutcomeGiveUp:    {false, true},
		models.OutcomeDisable:   {false, true},
	} {
		verdict := models.Verdict{Outcome: outcome}
		require.Equal(t, c.delivered, verdict.Delivered(), outcome)
		require.Equal(t, c.final, verdict.Final(), outcome)
	}
}

func TestAttemptGivesItsVerdictBack(t *testing.T) {
	t.Parallel()
	want := models.Verdict{
		Outcome: models.OutcomeRetry, HTTPStatus: 503, Code: models.ErrorHTTPStatus, Message: "busy", RetryAfter: time.Minute,
	}
	var attempt models.Attempt
	attempt.Record(want)
	require.Equal(t, want, attempt.Verdict())
}
