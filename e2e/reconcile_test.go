package e2e_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// Somebody ends workflows in Temporal without telling Leadrail. The reconciler
// ends their leads, and leaves those alone whose workflows go on.
func TestLeadsWhoseWorkflowsWereEndedByForce(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	server := m.dialTemporal()
	endpoint := newReceiver(t, http.StatusInternalServerError)
	form := m.createForm("waits_long", endpoint.URL, "1h")
	ids := map[string]string{}
	for _, fate := range []string{"terminated", "lost", "waits"} {
		ids[fate] = m.submit(form, "ada@example.com")
		m.waitFor(ids[fate], "retrying", 10*time.Second)
	}
	require.NoError(t, server.TerminateWorkflow(t.Context(), "lead-"+ids["terminated"], "", "by hand"))
	deleteWorkflow(t, server, "lead-"+ids["lost"])
	m.age(ids["terminated"], ids["lost"], ids["waits"])

	schedule := server.ScheduleClient().GetHandle(t.Context(), "reconcile")
	require.NoError(t, schedule.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	for fate, reason := range map[string]string{"terminated": "workflow_terminated", "lost": "workflow_lost"} {
		lead := m.waitFor(ids[fate], "failed", 90*time.Second)
		require.Contains(t, lead.FailureReason, reason+": ")
		require.Equal(t, "failed", lead.Deliveries[0].Status)
		require.Nil(t, lead.Deliveries[0].NextAttemptAt)
	}
	m.waitFor(ids["waits"], "retrying", time.Second)
	require.Equal(t, 0, leadrail.stop())
}

// What was ended in Temporal a moment ago is failed within a period of the
// reconciler and 15 seconds, and can be replayed, however it was ended.
func TestWhatIsEndedInTemporalFailsWithinAPeriod(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	server := m.dialTemporal()
	endpoint := newReceiver(t, http.StatusBadGateway, http.StatusBadGateway, http.StatusBadGateway, http.StatusOK)
	form := m.createForm("ended", endpoint.URL, "1h")
	ids := map[string]string{}
	for _, fate := range []string{"terminated", "cancelled", "lost"} {
		ids[fate] = m.submit(form, "ada@example.com")
		m.waitFor(ids[fate], "retrying", 10*time.Second)
	}
	require.NoError(t, server.TerminateWorkflow(t.Context(), "lead-"+ids["terminated"], "", "by hand"))
	require.NoError(t, server.CancelWorkflow(t.Context(), "lead-"+ids["cancelled"], ""))
	deleteWorkflow(t, server, "lead-"+ids["lost"])
	ended := time.Now()
	for fate, reason := range map[string]string{"terminated": "workflow_terminated", "cancelled": "cancelled", "lost": "workflow_lost"} {
		lead := m.waitFor(ids[fate], "failed", time.Until(ended.Add(80*time.Second)))
		require.Contains(t, lead.FailureReason, reason)
	}
	for _, id := range ids {
		require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions/"+id+"/replay", nil, nil))
		m.waitFor(id, "completed", 20*time.Second)
	}
	require.Equal(t, 0, leadrail.stop())
}

// Whatever somebody did to the schedule, the next start puts it right; only
// that it is paused is a decision of people.
func TestTheScheduleIsMadeOnceAndPutRight(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	restart := func(leadrail *process) (*process, *client.ScheduleDescription) {
		t.Helper()
		if leadrail != nil {
			require.Equal(t, 0, leadrail.stop())
		}
		leadrail = m.up()
		described, err := m.dialTemporal().ScheduleClient().GetHandle(t.Context(), "reconcile").Describe(t.Context())
		require.NoError(t, err)
		return leadrail, described
	}
	leadrail, made := restart(nil)
	require.Equal(t, []client.ScheduleIntervalSpec{{Every: time.Minute}}, made.Schedule.Spec.Intervals)
	require.Equal(t, enums.SCHEDULE_OVERLAP_POLICY_SKIP, made.Schedule.Policy.Overlap)
	require.Equal(t, 10*time.Second, made.Schedule.Policy.CatchupWindow)

	leadrail, again := restart(leadrail)
	require.Equal(t, made.Info.LastUpdateAt, again.Info.LastUpdateAt, "it was right")

	schedule := m.dialTemporal().ScheduleClient().GetHandle(t.Context(), "reconcile")
	require.NoError(t, schedule.Pause(t.Context(), client.SchedulePauseOptions{Note: "for a while"}))
	require.NoError(t, schedule.Update(t.Context(), client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			changed := in.Description.Schedule
			changed.Spec.Intervals = []client.ScheduleIntervalSpec{{Every: time.Hour}}
			return &client.ScheduleUpdate{Schedule: &changed}, nil
		},
	}))
	leadrail, right := restart(leadrail)
	require.Equal(t, made.Schedule.Spec.Intervals, right.Schedule.Spec.Intervals)
	require.NotEqual(t, made.Info.LastUpdateAt, right.Info.LastUpdateAt)
	require.True(t, right.Schedule.State.Paused)
	require.Equal(t, "for a while", right.Schedule.State.Note)
	require.Equal(t, 0, leadrail.stop())
}

func (m *machine) dialTemporal() client.Client {
	m.t.Helper()
	server, err := client.DialContext(m.t.Context(), client.Options{HostPort: m.temporal})
	require.NoError(m.t, err)
	m.t.Cleanup(server.Close)
	return server
}

// deleteWorkflow makes Temporal forget a workflow.
func deleteWorkflow(t *testing.T, server client.Client, id string) {
	t.Helper()
	_, err := server.WorkflowService().DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: client.DefaultNamespace, WorkflowExecution: &common.WorkflowExecution{WorkflowId: id},
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := server.DescribeWorkflowExecution(t.Context(), id, "")
		var notFound *serviceerror.NotFound
		return errors.As(err, &notFound)
	}, time.Minute, pollEvery)
}

// age makes everything about leads an hour older.
func (m *machine) age(ids ...string) {
	m.t.Helper()
	port := ""
	for _, variable := range m.env {
		if value, found := strings.CutPrefix(variable, "LEADRAIL_POSTGRES_PORT="); found {
			port = value
		}
	}
	conn, err := pgx.Connect(m.t.Context(), "postgres://postgres@127.0.0.1:"+port+"/leadrail")
	require.NoError(m.t, err)
	defer conn.Close(context.WithoutCancel(m.t.Context()))
	for _, change := range []string{
		"UPDATE submissions SET submitted_at = submitted_at - interval '1 hour' WHERE id = ANY($1)",
		"UPDATE deliveries SET updated_at = updated_at - interval '1 hour' WHERE submission_id = ANY($1)",
	} {
		_, err := conn.Exec(m.t.Context(), change, ids)
		require.NoError(m.t, err)
	}
}
