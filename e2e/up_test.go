package e2e_test

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What README promises: the printed curl line answers 202, and within five
// seconds the lead is completed and the receiver has it once.
func TestTheFirstLeadTravels(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	leadrail := m.up()

	line := regexp.MustCompile(`curl -sS .*/v1/submissions .*`).FindString(leadrail.banner)
	require.NotEmpty(t, line)
	answer, err := exec.Command("bash", "-c", line+` -w '\n%{http_code}'`).Output()
	require.NoError(t, err)
	require.Regexp(t, `(?s)"status":"pending".*202$`, string(answer))
	var accepted submission
	require.NoError(t, json.Unmarshal(answer[:len(answer)-4], &accepted))

	m.waitFor(accepted.SubmissionID, "completed", 5*time.Second)
	var seen struct {
		Received []struct {
			Body map[string]any `json:"body"`
		} `json:"received"`
	}
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/demo/receiver", nil, &seen))
	require.Len(t, seen.Received, 1)
	body := seen.Received[0].Body
	require.Equal(t, accepted.SubmissionID, body["submissionId"])
	require.Equal(t, "contact_form", body["toolName"])
	require.Equal(t, map[string]any{
		"name": "Ada Lovelace", "email": "ada@example.com", "message": "Please call me.",
	}, body["formData"])

	require.Equal(t, 0, leadrail.stop())
	restarted := m.up()
	m.waitFor(accepted.SubmissionID, "completed", 5*time.Second)
	require.Equal(t, 0, restarted.stop())
}

// Each kill happens while a lead waits for a retry; the retry must come all
// the same, once, with the same webhook id.
func TestARetrySurvivesTheDeathOf(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	deaths := []struct {
		name string
		kill func()
	}{
		{"postgres", func() { leadrail.killChild("postgres .*-D") }},
		{"temporal", func() { leadrail.killChild("leadrail-temporal") }},
		{"everything", func() { leadrail.kill(); leadrail = m.up() }},
	}
	for _, death := range deaths {
		endpoint := newReceiver(t, http.StatusInternalServerError, http.StatusInternalServerError, http.StatusOK)
		form := m.createForm("after_"+death.name, endpoint.URL, "0s", "8s")
		id := m.submit(form, "ada@example.com")
		m.waitFor(id, "retrying", 5*time.Second)
		require.Eventually(t, func() bool { return len(endpoint.all()) == 2 }, 5*time.Second, pollEvery)

		death.kill()

		done := m.waitFor(id, "completed", time.Minute)
		require.Len(t, done.Deliveries[0].Attempts, 3, death.name)
		arrivals := endpoint.all()
		require.Len(t, arrivals, 3, death.name)
		require.Equal(t, arrivals[0].WebhookID, arrivals[2].WebhookID)
		require.Equal(t, []any{1.0, 2.0, 3.0},
			[]any{arrivals[0].Body["attempt"], arrivals[1].Body["attempt"], arrivals[2].Body["attempt"]})
		require.GreaterOrEqual(t, arrivals[2].At.Sub(arrivals[1].At), 8*time.Second, "never before its time")
	}

	// An endpoint that never takes the lead gets its schedule and no more.
	deadEnd := newReceiver(t, http.StatusBadGateway)
	form := m.createForm("dead_end", deadEnd.URL, "0s", "1s", "0s")
	failed := m.waitFor(m.submit(form, "ada@example.com"), "failed", 15*time.Second)
	require.Len(t, deadEnd.all(), 4)
	require.Contains(t, failed.FailureReason, "http_status")
	require.Equal(t, "failed", failed.Deliveries[0].Status)
	require.Equal(t, 0, leadrail.stop())
}
