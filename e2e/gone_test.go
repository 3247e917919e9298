package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An endpoint says 410: the action is off, its owner is told, and no lead calls
// it until somebody switches it on again.
func TestAnEndpointThatIsGoneIsCalledAgainOnceItIsEnabled(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	endpoint := newReceiver(t, http.StatusGone, http.StatusOK)
	var form struct {
		ID      string `json:"id"`
		Webhook struct {
			ID      string `json:"id"`
			Enabled bool   `json:"enabled"`
		} `json:"webhook"`
	}
	require.Equal(t, http.StatusCreated, m.call(http.MethodPost, "/v1/forms", map[string]any{
		"agentId": "agent_e2e", "name": "moved_away", "alertEmail": "owner@example.com",
		"fields":  []map[string]any{{"name": "email", "type": "email"}},
		"webhook": map[string]any{"url": endpoint.URL},
	}, &form))
	require.True(t, form.Webhook.Enabled)

	first := m.submit(form.ID, "ada@example.com")
	require.Contains(t, m.waitFor(first, "failed", time.Minute).FailureReason, "gone")
	require.Len(t, endpoint.all(), 1, "410 means never again")
	m.requireWebhook(form.ID, false)
	m.requireAlert("owner@example.com", "moved_away")

	second := m.submit(form.ID, "bob@example.com")
	require.Contains(t, m.waitFor(second, "failed", time.Minute).FailureReason, "action_disabled")
	require.Len(t, endpoint.all(), 1)

	require.Equal(t, http.StatusOK, m.call(http.MethodPost, "/v1/forms/"+form.ID+"/actions/"+form.Webhook.ID+"/enable", nil, nil))
	m.requireWebhook(form.ID, true)
	third := m.submit(form.ID, "cleo@example.com")
	m.waitFor(third, "completed", time.Minute)
	got := endpoint.all()
	require.Len(t, got, 2)
	require.Equal(t, third, got[1].Body["submissionId"])
	require.Equal(t, 0, leadrail.stop())
}

// requireWebhook checks whether the form's webhook is on.
func (m *machine) requireWebhook(formID string, enabled bool) {
	m.t.Helper()
	var form struct {
		Webhook struct {
			Enabled bool `json:"enabled"`
		} `json:"webhook"`
	}
	require.Equal(m.t, http.StatusOK, m.call(http.MethodGet, "/v1/forms/"+formID, nil, &form))
	require.Equal(m.t, enabled, form.Webhook.Enabled)
}

// requireAlert waits for the one mail in the outbox.
func (m *machine) requireAlert(to, formName string) {
	m.t.Helper()
	var outbox struct {
		Data []struct {
			To      []string `json:"to"`
			Subject string   `json:"subject"`
			Text    string   `json:"text"`
		} `json:"data"`
	}
	require.Eventually(m.t, func() bool {
		return m.call(http.MethodGet, "/v1/outbox", nil, &outbox) == http.StatusOK && len(outbox.Data) > 0
	}, time.Minute, pollEvery)
	require.Len(m.t, outbox.Data, 1)
	require.Equal(m.t, []string{to}, outbox.Data[0].To)
	require.Contains(m.t, outbox.Data[0].Subject, formName)
	require.Contains(m.t, outbox.Data[0].Text, "gone")
}
