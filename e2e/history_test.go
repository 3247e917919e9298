package e2e_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/proto"
)

// What a lead costs the workflow engine when nothing goes wrong, and that what
// the visitor typed cannot be read there.
func TestHistoryOfALead(t *testing.T) {
	t.Parallel()
	const secret = "Ada-Lovelace-1815"
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	endpoint := newReceiver(t, http.StatusOK)
	for name, c := range map[string]struct {
		webhooks, events, tasks int
	}{
		"one_webhook":  {1, 16, 2},
		"two_webhooks": {2, 21, 3},
	} {
		id := m.submit(m.createFormWith(name, endpoint.URL, c.webhooks), secret+"@example.com")
		m.waitFor(id, "completed", 5*time.Second)
		events := m.history("lead-" + id)
		require.LessOrEqual(t, len(events), c.events, name)
		require.LessOrEqual(t, count(events, enums.EVENT_TYPE_WORKFLOW_TASK_STARTED), c.tasks, name)
		for _, event := range events {
			requireNotReadable(t, event, secret)
		}
	}
	m.requireOneTask(m.createFormWith("again", endpoint.URL, 1))
	require.Equal(t, 0, leadrail.stop())
}

// requireOneTask submits leads until the worker knows their endpoint to be quick,
// which a busy machine may hide for a while: then one workflow task is all that a
// lead takes.
func (m *machine) requireOneTask(form string) {
	m.t.Helper()
	for range 20 {
		id := m.submit(form, "ada@example.com")
		m.waitFor(id, "completed", 5*time.Second)
		events := m.history("lead-" + id)
		if count(events, enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) > 0 {
			continue
		}
		require.LessOrEqual(m.t, len(events), 10)
		require.Equal(m.t, 1, count(events, enums.EVENT_TYPE_WORKFLOW_TASK_STARTED))
		return
	}
	require.Fail(m.t, "no lead was delivered within its workflow task")
}

// createFormWith makes a form with a number of webhooks to one endpoint.
func (m *machine) createFormWith(name, url string, webhooks int) string {
	m.t.Helper()
	actions := make([]map[string]any, webhooks)
	for i := range actions {
		actions[i] = map[string]any{"type": "webhook", "url": url}
	}
	var form struct {
		ID string `json:"id"`
	}
	status := m.call(http.MethodPost, "/v1/forms", map[string]any{
		"agentId": "agent_e2e", "name": name, "fields": []map[string]any{{"name": "email", "type": "email"}}, "postActions": actions,
	}, &form)
	require.Equal(m.t, http.StatusCreated, status)
	return form.ID
}

// history reads all events of a closed workflow.
func (m *machine) history(workflowID string) []*history.HistoryEvent {
	m.t.Helper()
	temporal, err := client.DialContext(m.t.Context(), client.Options{HostPort: m.temporal})
	require.NoError(m.t, err)
	defer temporal.Close()
	require.NoError(m.t, temporal.GetWorkflow(m.t.Context(), workflowID, "").Get(m.t.Context(), nil))
	var events []*history.HistoryEvent
	iterator := temporal.GetWorkflowHistory(m.t.Context(), workflowID, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iterator.HasNext() {
		event, err := iterator.Next()
		require.NoError(m.t, err)
		events = append(events, event)
	}
	return events
}

func count(events []*history.HistoryEvent, kind enums.EventType) int {
	n := 0
	for _, event := range events {
		if event.GetEventType() == kind {
			n++
		}
	}
	return n
}

// requireNotReadable looks for a text in an event: as it stands, and in base 64
// as JSON spells bytes.
func requireNotReadable(t *testing.T, event *history.HistoryEvent, text string) {
	t.Helper()
	encoded, err := proto.Marshal(event)
	require.NoError(t, err)
	require.NotContains(t, string(encoded), text)
	for shift := range 3 { // base 64 spells a text in three ways, by where it starts
		padded := append(bytes.Repeat([]byte{'x'}, shift), text...)
		spelt := base64.StdEncoding.EncodeToString(padded)
		require.NotContains(t, string(encoded), spelt[4:len(spelt)-4], "in base 64")
	}
}
