package e2e_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
)

// Leads failed because of a wrong URL. Once it is right, each replay delivers,
// under the id of the first time.
func TestReplayAfterTheURLWasCorrected(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	wrong, right := newReceiver(t, http.StatusNotFound), newReceiver(t, http.StatusOK)
	form := m.createForm("corrected", wrong.URL, "0s")
	ids := make([]string, oneOf(10, 100))
	for i := range ids {
		ids[i] = m.submit(form, "ada@example.com")
	}
	for _, id := range ids {
		m.waitFor(id, "failed", 20*time.Second)
	}
	m.replaceURL(form, "corrected", right.URL)
	for _, id := range ids {
		require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions/"+id+"/replay", nil, nil))
	}
	for _, id := range ids {
		m.waitFor(id, "completed", 20*time.Second)
		require.Equal(t, []string{"first", "schedule", "replay"}, m.triggers(id))
		require.Equal(t, http.StatusConflict, m.call(http.MethodPost, "/v1/submissions/"+id+"/replay", nil, nil))
	}
	require.Len(t, wrong.all(), 2*len(ids))
	require.Len(t, right.all(), len(ids))
	require.Len(t, webhookIDs(right.all()), len(ids))
	require.Equal(t, webhookIDs(wrong.all()), webhookIDs(right.all()))
	require.Equal(t, 0, leadrail.stop())
}

// A lead is replayed whose workflow was terminated, or is no longer known to
// Temporal; and one whose replay began in Postgres and got no further.
func TestReplayOfLeadsThatTemporalGaveUp(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	server := m.dialTemporal()
	schedule := server.ScheduleClient().GetHandle(t.Context(), "reconcile")
	// Each lead fails once before it is replayed.
	endpoint := newReceiver(t, http.StatusBadGateway, http.StatusBadGateway, http.StatusBadGateway, http.StatusOK)
	form := m.createForm("given_up", endpoint.URL, "1h")
	ids := map[string]string{}
	for _, fate := range []string{"terminated", "lost", "begun"} {
		ids[fate] = m.submit(form, "ada@example.com")
		m.waitFor(ids[fate], "retrying", 10*time.Second)
	}
	require.NoError(t, server.TerminateWorkflow(t.Context(), "lead-"+ids["terminated"], "", "by hand"))
	require.NoError(t, server.TerminateWorkflow(t.Context(), "lead-"+ids["begun"], "", "by hand"))
	deleteWorkflow(t, server, "lead-"+ids["lost"])
	m.age(ids["terminated"], ids["lost"], ids["begun"])
	require.NoError(t, schedule.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	for _, id := range ids {
		m.waitFor(id, "failed", 90*time.Second)
	}

	for _, fate := range []string{"terminated", "lost"} {
		require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions/"+ids[fate]+"/replay", nil, nil))
		m.waitFor(ids[fate], "completed", 20*time.Second)
	}
	m.beginReplay(ids["begun"])
	require.NoError(t, schedule.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	m.waitFor(ids["begun"], "completed", 90*time.Second)
	for _, id := range ids {
		require.Equal(t, []string{"first", "replay"}, m.triggers(id))
	}
	require.Len(t, endpoint.all(), 6)
	require.Equal(t, 0, leadrail.stop())
}

// What somebody cancelled comes back, and what a disabled action failed once the
// action is on again, even when the form is gone.
func TestReplayOfCancelledAndDisabled(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	endpoint := newReceiver(t, http.StatusInternalServerError, http.StatusOK)
	formID := m.createForm("cancelled", endpoint.URL, "1h")
	cancelled := m.submit(formID, "ada@example.com")
	m.waitFor(cancelled, "retrying", 10*time.Second)
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions/"+cancelled+"/cancel", nil, nil))
	m.waitFor(cancelled, "failed", 10*time.Second)
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions/"+cancelled+"/replay", nil, nil))
	m.waitFor(cancelled, "completed", 10*time.Second)

	var form struct {
		Webhook struct {
			ID string `json:"id"`
		} `json:"webhook"`
	}
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/forms/"+formID, nil, &form))
	action := "/v1/forms/" + formID + "/actions/" + form.Webhook.ID
	require.Equal(t, http.StatusOK, m.call(http.MethodPost, action+"/disable", map[string]any{}, nil))
	disabled := m.submit(formID, "ada@example.com")
	require.Contains(t, m.waitFor(disabled, "failed", 10*time.Second).FailureReason, "action_disabled")
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions/"+disabled+"/replay", nil, nil))
	require.Eventually(t, func() bool { return len(m.triggers(disabled)) == 2 }, 10*time.Second, pollEvery)
	require.Contains(t, m.waitFor(disabled, "failed", 10*time.Second).FailureReason, "action_disabled")
	require.Equal(t, http.StatusOK, m.call(http.MethodPost, action+"/enable", map[string]any{}, nil))
	require.Equal(t, http.StatusNoContent, m.call(http.MethodDelete, "/v1/forms/"+formID, nil, nil))
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions/"+disabled+"/replay", nil, nil))
	m.waitFor(disabled, "completed", 10*time.Second)
	require.Len(t, endpoint.all(), 3)
	require.Equal(t, 0, leadrail.stop())
}

// Fifty people press retry and replay on a lead that waits: it is tried once, and
// its status goes one way. Then twenty replay a failed one: that is one run.
func TestManyRetryAndReplayAtOnce(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	endpoint := newReceiver(t, http.StatusInternalServerError, http.StatusInternalServerError, http.StatusOK)
	id := m.submit(m.createForm("waits", endpoint.URL, "0s", "10m"), "ada@example.com")
	require.Eventually(t, func() bool {
		lead := m.waitFor(id, "retrying", 10*time.Second)
		return len(lead.Deliveries[0].Attempts) == 2 && lead.Deliveries[0].NextAttemptAt != nil && time.Until(*lead.Deliveries[0].NextAttemptAt) > time.Minute
	}, 20*time.Second, pollEvery)
	statuses := m.watch(id)
	answers := m.press(50, func(i int) string { return "/v1/submissions/" + id + "/" + []string{"retry", "replay"}[i%2] })
	for _, answer := range answers {
		require.Contains(t, []int{http.StatusAccepted, http.StatusConflict}, answer)
	}
	require.Contains(t, answers, http.StatusAccepted)
	m.waitFor(id, "completed", 20*time.Second)
	require.Len(t, endpoint.all(), 3, "one attempt more")
	require.Equal(t, []string{"retrying", "completed"}, statuses())

	deadEnd := newReceiver(t, http.StatusInternalServerError)
	failed := m.submit(m.createForm("fails", deadEnd.URL, "0s"), "ada@example.com")
	m.waitFor(failed, "failed", 20*time.Second)
	answers = m.press(20, func(int) string { return "/v1/submissions/" + failed + "/replay" })
	accepted := 0
	for _, answer := range answers {
		require.Contains(t, []int{http.StatusAccepted, http.StatusConflict}, answer)
		if answer == http.StatusAccepted {
			accepted++
		}
	}
	m.waitFor(failed, "failed", 20*time.Second)
	require.Len(t, m.triggers(failed), 2*(1+accepted), "every accepted replay is one walk through the schedule, and no other is")
	require.Len(t, deadEnd.all(), 2*(1+accepted))
	require.Equal(t, 0, leadrail.stop())
}

// replaceURL gives a form of createForm another URL.
func (m *machine) replaceURL(formID, name, url string) {
	m.t.Helper()
	require.Equal(m.t, http.StatusOK, m.call(http.MethodPut, "/v1/forms/"+formID, map[string]any{
		"agentId": "agent_e2e", "name": name,
		"fields":  []map[string]any{{"name": "email", "type": "email"}},
		"webhook": map[string]any{"url": url, "retrySchedule": []string{"0s"}},
	}, nil))
}

// triggers are what made the attempts of a lead's one delivery happen.
func (m *machine) triggers(id string) (triggers []string) {
	m.t.Helper()
	var lead struct {
		Deliveries []struct {
			Attempts []struct {
				Trigger string `json:"trigger"`
			} `json:"attempts"`
		} `json:"deliveries"`
	}
	require.Equal(m.t, http.StatusOK, m.call(http.MethodGet, "/v1/submissions/"+id, nil, &lead))
	for _, attempt := range lead.Deliveries[0].Attempts {
		triggers = append(triggers, attempt.Trigger)
	}
	return triggers
}

// webhookIDs are the ids in order, each once.
func webhookIDs(arrivals []arrival) []string {
	var ids []string
	for _, got := range arrivals {
		ids = append(ids, got.WebhookID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// press posts to many paths at once.
func (m *machine) press(times int, path func(i int) string) []int {
	m.t.Helper()
	answers := make([]int, times)
	var clicks sync.WaitGroup
	for i := range answers {
		clicks.Go(func() { answers[i] = m.call(http.MethodPost, path(i), nil, nil) })
	}
	clicks.Wait()
	return answers
}

// watch reads a lead's status until the returned function is called, which
// tells the statuses in order.
func (m *machine) watch(id string) (seen func() []string) {
	m.t.Helper()
	ctx, stop := context.WithCancel(m.t.Context())
	done := make(chan []string)
	read := func(statuses []string) []string {
		var lead submission
		if m.call(http.MethodGet, "/v1/submissions/"+id, nil, &lead) == http.StatusOK {
			statuses = append(statuses, lead.Status)
		}
		return slices.Compact(statuses)
	}
	go func() {
		statuses := read(nil)
		for ctx.Err() == nil {
			statuses = read(statuses)
		}
		done <- read(statuses)
	}()
	return func() []string {
		stop()
		return <-done
	}
}

// beginReplay does to a failed lead what a replay does before it starts the run,
// an hour ago.
func (m *machine) beginReplay(id string) {
	m.t.Helper()
	conn, err := pgx.Connect(m.t.Context(), m.database)
	require.NoError(m.t, err)
	defer conn.Close(context.WithoutCancel(m.t.Context()))
	for _, change := range []string{
		`UPDATE submissions SET run_seq = run_seq + 1, status = 'pending', failure_reason = '', completed_at = NULL WHERE id = $1`,
		`UPDATE deliveries SET run_seq = run_seq + 1, status = 'pending', attempt = 0, updated_at = now() - interval '1 hour' WHERE submission_id = $1`,
	} {
		_, err := conn.Exec(m.t.Context(), change, id)
		require.NoError(m.t, err)
	}
}
