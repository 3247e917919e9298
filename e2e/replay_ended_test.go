package e2e_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
)

// Somebody ends the workflow of a replay without telling Leadrail: the replay does
// not go on for ever.
func TestAReplayEndsWithItsWorkflow(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	server := m.dialTemporal()
	m.waitFor(m.submit(m.createForm("cut", newReceiver(t, http.StatusNotFound).URL, "0s"), "ada@example.com"), "failed", 20*time.Second)
	ids := map[string]string{}
	for _, fate := range []string{"terminated", "lost", "paused"} {
		ids[fate] = m.pausedReplay()
	}
	require.NoError(t, server.TerminateWorkflow(t.Context(), "replay-"+ids["terminated"], "", "by hand"))
	deleteWorkflow(t, server, "replay-"+ids["lost"])
	m.ageReplays()
	schedule := server.ScheduleClient().GetHandle(t.Context(), "reconcile")
	require.NoError(t, schedule.Trigger(t.Context(), client.ScheduleTriggerOptions{}))
	for fate, reason := range map[string]string{"terminated": "workflow_terminated: ", "lost": "workflow_lost: "} {
		var replay replayEnd
		require.Eventually(t, func() bool {
			return m.call(http.MethodGet, "/v1/replays/"+ids[fate], nil, &replay) == http.StatusOK && replay.Status == "failed"
		}, 90*time.Second, pollEvery)
		require.Contains(t, replay.FailureReason, reason)
	}
	var paused replayEnd
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/replays/"+ids["paused"], nil, &paused))
	require.Equal(t, replayEnd{Status: "paused"}, paused)
	require.Equal(t, 0, leadrail.stop())
}

type replayEnd struct {
	Status        string `json:"status"`
	FailureReason string `json:"failureReason"`
}

// pausedReplay is a replay whose workflow waits. Where it has replayed the one lead
// already, that must fail again first.
func (m *machine) pausedReplay() (id string) {
	m.t.Helper()
	require.Eventually(m.t, func() bool {
		var replay bulkReplay
		made := m.call(http.MethodPost, "/v1/replays", map[string]any{"filter": map[string]any{}, "ratePerSecond": 1}, &replay)
		require.Equal(m.t, http.StatusAccepted, made)
		id = replay.ReplayID
		return m.call(http.MethodPost, "/v1/replays/"+id+"/pause", nil, nil) == http.StatusOK
	}, 30*time.Second, pollEvery)
	return id
}

// ageReplays makes all replays an hour older.
func (m *machine) ageReplays() {
	m.t.Helper()
	conn, err := pgx.Connect(m.t.Context(), m.database)
	require.NoError(m.t, err)
	defer conn.Close(context.WithoutCancel(m.t.Context()))
	_, err = conn.Exec(m.t.Context(), "UPDATE replays SET created_at = created_at - interval '1 hour'")
	require.NoError(m.t, err)
}
