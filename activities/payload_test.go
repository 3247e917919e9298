package activities_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with testdata/name, byte by byte.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// sent returns the body of a webhook about the lead.
func sent(t *testing.T, change func(job *store.Job)) []byte {
	t.Helper()
	y := newTry(t)
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job := aJob(attempt)
		change(&job)
		return job, nil
	}
	_, err := y.deliver()
	require.NoError(t, err)
	require.Len(t, y.requests, 1)
	return y.requests[0].Body
}

func TestWebhookBody(t *testing.T) {
	t.Parallel()
	body := sent(t, func(job *store.Job) {
		job.Definition.Name = "contact_form"
		lead := &job.Submission
		lead.ConversationID, lead.FormVersion, lead.Status = "conv/1", 3, models.StatusRetrying
		lead.FormData = models.Document(
			`{"zip": "00501", "name": "Ada <b>&</b> \"Co\"", "note": "line ` + "\u2028" + ` 😀 مرحبا", "budget": 12345678901234567890.50}`)
		lead.FieldsCompleted = []string{"zip", "name", "note"}
		lead.SubmittedAt = time.Date(2026, 11, 22, 10, 30, 0, 123456789, time.FixedZone("", 3600))
		lead.Qualify(models.Qualification{
			Score: 72, Tier: "hot", Qualified: true, Reasons: []models.Reason{{Rule: "Budget > 5k & <soon>", Points: 72}},
		})
		lead.Assign(models.Assignment{TeamID: "team_1", Team: "R&D <enterprise>", Assignee: "ann@example.com", Reasons: []string{"internal"}})
		lead.Signals = models.Document(`{"intent": "stays here"}`)
		lead.Context = models.Document(`{"pageUrl": "https://example.com/?a=1&b=2"}`)
		lead.Consent = models.Document(`{"text": "stays here"}`)
	})
	golden(t, "webhook.json", body)
	require.True(t, json.Valid(body))
}

func TestWebhookBodyOfALeadWithTheLeast(t *testing.T) {
	t.Parallel()
	golden(t, "webhook-least.json", sent(t, func(job *store.Job) {
		job.Submission.FormData = models.Document(`{}`)
		job.Submission.FieldsCompleted = []string{}
	}))
}

func TestWebhookBodyWithATeamAndNobodyInIt(t *testing.T) {
	t.Parallel()
	body := sent(t, func(job *store.Job) {
		job.Submission.Assign(models.Assignment{TeamID: "team_1", Team: "sales"})
	})
	require.Contains(t, string(body), `"routing":{"team":"sales","assignee":null}`)
}

func TestWebhookRequest(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job := aJob(attempt)
		job.Destination.Headers = y.keyring.Seal([]byte(`{"X-Token":"t0k"}`), "act_1")
		job.Definition.Actions[0].Response = models.ResponseAny
		return job, nil
	}
	_, err := y.deliver()
	require.NoError(t, err)
	request := y.requests[0]
	require.Equal(t, "https://hooks.example.com/private-path", request.URL)
	require.Equal(t, "dlv_1", request.ID)
	require.Equal(t, map[string]string{"X-Token": "t0k"}, request.Headers)
	require.True(t, request.AcceptAny)
	require.Equal(t, start.Add(2*time.Second), request.Now, "fresh for each attempt")
}

func TestHeadersOfAnotherActionAreNotSent(t *testing.T) {
	t.Parallel()
	y := newTry(t)
	y.open = func(attempt models.Attempt) (store.Job, error) {
		job := aJob(attempt)
		job.Destination.Headers = y.keyring.Seal([]byte(`{"X-Token":"t0k"}`), "act_2")
		return job, nil
	}
	_, err := y.deliver()
	require.Error(t, err)
	require.Empty(t, y.requests)
}
