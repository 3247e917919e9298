package e2e_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"leadrail/internal/mail/mailtest"
)

// A lead's mail and its webhook are retried each on its own: the one that works
// is sent once, whatever the other needs.
func TestMailAndWebhookAreRetriedOnTheirOwn(t *testing.T) {
	t.Parallel()
	provider := mailtest.NewSendGrid(t)
	m := newMachine(t, mailedBy(provider)...)
	leadrail := m.up()
	for name, answers := range map[string]struct{ mail, webhook []int }{
		"mail_fails":    {mail: []int{500, 500, 202}, webhook: []int{200}},
		"webhook_fails": {mail: []int{202}, webhook: []int{500, 500, 200}},
	} {
		provider.Answer(answers.mail...)
		endpoint := newReceiver(t, answers.webhook...)
		id := m.submit(m.createMailForm(name, endpoint.URL, "0s", "4s"), "ada@example.com")

		m.waitForDeliveries(id, "delivered", "retrying")
		m.waitFor(id, "retrying", time.Second)
		m.waitFor(id, "completed", time.Minute)

		mails := mailsOf(provider.All())[id]
		require.Len(t, mails, len(answers.mail), name)
		for i, status := range answers.mail {
			require.Equal(t, mail{Status: status, To: "sales@example.com", ReplyTo: "ada@example.com"}, mails[i], name)
		}
		require.Len(t, endpoint.all(), len(answers.webhook), name)
	}
	require.Equal(t, 0, leadrail.stop())
}

// Three leads of one form fail for good: its owner gets one mail.
func TestTheOwnerIsAlertedOnce(t *testing.T) {
	t.Parallel()
	provider := mailtest.NewSendGrid(t)
	m := newMachine(t, mailedBy(provider)...)
	leadrail := m.up()
	endpoint := newReceiver(t, http.StatusBadGateway)
	form := m.createMailForm("dead_end", endpoint.URL, "0s")
	ids := []string{m.submit(form, "ada@example.com"), m.submit(form, "ada@example.com"), m.submit(form, "ada@example.com")}
	for _, id := range ids {
		require.Contains(t, m.waitFor(id, "failed", time.Minute).FailureReason, "http_status")
		m.waitForFailure("lead-" + id) // whoever was to be told has been told
	}
	alerts := slices.DeleteFunc(provider.All(), func(sent mailtest.Mail) bool { return sent.To[0].Email != "owner@example.com" })
	require.Len(t, alerts, 1)
	require.Contains(t, alerts[0].Subject, "dead_end")
	require.Contains(t, alerts[0].Text, "http_status")
	require.Equal(t, 0, leadrail.stop())
}

// mailedBy makes a machine send its mail to a fake provider.
func mailedBy(provider *mailtest.SendGrid) []string {
	return []string{
		"LEADRAIL_ALLOW_CIDRS=127.0.0.0/8", "LEADRAIL_MAIL=sendgrid", "SENDGRID_API_KEY=SG.e2e",
		"SENDGRID_HOST=" + provider.URL, "LEADRAIL_MAIL_FROM=leads@example.com",
	}
}

// createMailForm makes a form with a webhook and a mail to sales@example.com,
// both on one schedule, whose owner is owner@example.com.
func (m *machine) createMailForm(name, url string, schedule ...string) string {
	m.t.Helper()
	var form struct {
		ID string `json:"id"`
	}
	status := m.call(http.MethodPost, "/v1/forms", map[string]any{
		"agentId": "agent_e2e", "name": name, "alertEmail": "owner@example.com",
		"fields":  []map[string]any{{"name": "email", "type": "email"}},
		"webhook": map[string]any{"url": url, "retrySchedule": schedule},
		"postActions": []map[string]any{
			{"type": "email", "name": "mail", "to": []string{"sales@example.com"}, "retrySchedule": schedule},
		},
	}, &form)
	require.Equal(m.t, http.StatusCreated, status)
	return form.ID
}

// waitForDeliveries waits until a lead's deliveries have these statuses, in
// alphabetical order.
func (m *machine) waitForDeliveries(id string, statuses ...string) {
	m.t.Helper()
	require.Eventually(m.t, func() bool {
		var lead submission
		m.call(http.MethodGet, "/v1/submissions/"+id, nil, &lead)
		var got []string
		for _, delivery := range lead.Deliveries {
			got = append(got, delivery.Status)
		}
		slices.Sort(got)
		return cmp.Equal(statuses, got)
	}, 30*time.Second, pollEvery, "the deliveries of %s", id)
}

// waitForFailure waits until a workflow has ended as failed.
func (m *machine) waitForFailure(workflowID string) {
	m.t.Helper()
	connection, err := client.DialContext(m.t.Context(), client.Options{HostPort: m.temporal})
	require.NoError(m.t, err)
	defer connection.Close()
	var failed *temporal.WorkflowExecutionError
	require.ErrorAs(m.t, connection.GetWorkflow(m.t.Context(), workflowID, "").Get(m.t.Context(), nil), &failed)
}
