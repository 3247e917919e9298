package activities_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/store"
	"leadrail/models"
)

// trial tries actions out against the endpoint of a try.
func (y *try) trial(email *activities.Email) activities.Trial {
	return activities.Trial{Webhook: y.activity(), Email: email, Slack: y.slack()}
}

// tested is a job that was made up.
func tested(job store.Job) store.Job {
	job.Attempt, job.Test = models.Attempt{DeliveryID: "dlv_test_1", N: 1}, true
	return job
}

func TestAWebhookIsTriedAsItIsDelivered(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	job := tested(aJob(models.Attempt{}))
	job.Destination.Type, job.Destination.Enabled = models.ActionWebhook, false
	attempt, err := y.trial(nil).Try(t.Context(), job)
	require.NoError(t, err)
	require.True(t, attempt.Verdict().Delivered())
	require.Equal(t, int64(120), attempt.DurationMS)
	require.Equal(t, "the answer's text", attempt.Response)
	require.Equal(t, []string{"ensure", "post"}, y.journal, "nothing is stored of the attempt")

	tried := y.requests[0]
	_, err = y.deliver()
	require.NoError(t, err)
	delivered := y.requests[1]
	require.Len(t, tried.Keys, 1, "signed as well")
	require.Equal(t, delivered.URL, tried.URL)
	require.Equal(t, delivered.Headers, tried.Headers)

	var body map[string]any
	require.NoError(t, json.Unmarshal(tried.Body, &body))
	require.Equal(t, true, body["test"])
	require.NotContains(t, string(delivered.Body), `"test"`)
}

func TestASlackMessageIsTried(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	attempt, err := y.trial(nil).Try(t.Context(), tested(y.slackJob("Hello")))
	require.NoError(t, err)
	require.True(t, attempt.Verdict().Delivered())
	require.Contains(t, string(y.requests[0].Body), `"text":"[Test] Hello"`)
}

func TestAMailIsTried(t *testing.T) {
	t.Parallel()
	l := newLetter(t)
	email := &activities.Email{Store: l, Teams: l, Sender: l.sender, Log: l.activity().Log, Now: now}
	job := tested(aMailJob())
	job.Destination.Type = models.ActionEmail
	attempt, err := l.trial(email).Try(t.Context(), job)
	require.NoError(t, err)
	require.True(t, attempt.Verdict().Delivered())
	require.Len(t, l.kept, 1)
	require.True(t, strings.HasPrefix(l.kept[0].Subject, "[Test] "), l.kept[0].Subject)

	email.Sender = nil
	_, err = l.trial(email).Try(t.Context(), job)
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
}

func TestTroubleOfOursIsNoResult(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	job := tested(y.slackJob(""))
	job.Destination.SealedURL = models.Sealed("under another key")
	_, err := y.trial(nil).Try(t.Context(), job)
	require.Equal(t, models.CodeInternal, models.CodeOf(err))

	busy := y.trial(nil)
	busy.Slack.PerEndpoint = -1
	_, err = busy.Try(t.Context(), tested(y.slackJob("")))
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	require.Empty(t, y.requests)
}
