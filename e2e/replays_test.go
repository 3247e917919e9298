package e2e_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// bulkReplay is what the test reads of a replay of many leads.
type bulkReplay struct {
	ReplayID    string     `json:"replayId"`
	Status      string     `json:"status"`
	Matched     int        `json:"matched"`
	Replayed    int        `json:"replayed"`
	Succeeded   int        `json:"succeeded"`
	FailedAgain int        `json:"failedAgain"`
	EndedAt     *time.Time `json:"endedAt"`
}

// The failed leads of one form are replayed, some a second; while the replay is paused they
// wait.
func TestFailedLeadsOfAFormAreReplayed(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	wrong, right := newReceiver(t, http.StatusNotFound), newReceiver(t, http.StatusOK)
	form, other := m.createForm("mended", wrong.URL, "0s"), m.createForm("other", wrong.URL, "0s")
	ids := make([]string, 12)
	for i := range ids {
		ids[i] = m.submit(form, "ada@example.com")
	}
	left := m.submit(other, "ada@example.com")
	for _, id := range ids {
		m.waitFor(id, "failed", 20*time.Second)
	}
	m.waitFor(left, "failed", 20*time.Second)
	m.replaceURL(form, "mended", right.URL)

	var dry bulkReplay
	filter := map[string]any{"formId": form}
	require.Equal(t, http.StatusOK, m.call(http.MethodPost, "/v1/replays", map[string]any{"filter": filter, "dryRun": true}, &dry))
	require.Equal(t, bulkReplay{Matched: 12}, dry)
	require.Empty(t, right.all())
	require.Equal(t, "12\n", m.command("replay", "-form", form, "-dry-run"), "the command line counts the same")

	var replay bulkReplay
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/replays", map[string]any{"filter": filter, "ratePerSecond": 4}, &replay))
	path := "/v1/replays/" + replay.ReplayID
	stands := func(enough func(bulkReplay) bool) func() bool {
		return func() bool {
			replay = bulkReplay{}
			return m.call(http.MethodGet, path, nil, &replay) == http.StatusOK && enough(replay)
		}
	}
	require.Eventually(t, stands(func(r bulkReplay) bool { return r.Replayed > 0 }), 20*time.Second, pollEvery)
	require.Equal(t, http.StatusOK, m.call(http.MethodPost, path+"/pause", nil, &replay))
	require.Equal(t, "paused", replay.Status)
	lasting(3 * time.Second) // longer than a page takes
	require.True(t, stands(func(bulkReplay) bool { return true })())
	require.Less(t, replay.Replayed, 12, "what was under way was finished, and no more")

	require.Equal(t, http.StatusOK, m.call(http.MethodPost, path+"/resume", nil, nil))
	require.Eventually(t, stands(func(r bulkReplay) bool { return r.Succeeded == 12 && r.Status == "completed" }), 30*time.Second, pollEvery)
	require.Equal(t, 12, replay.Replayed)
	require.Zero(t, replay.FailedAgain)
	require.NotNil(t, replay.EndedAt)
	require.Len(t, right.all(), 12)
	require.Equal(t, http.StatusConflict, m.call(http.MethodPost, path+"/cancel", nil, nil))

	path = "/v1/replays/" + strings.TrimSpace(m.command("replay", "-all"))
	require.Eventually(t, stands(func(r bulkReplay) bool { return r.FailedAgain == 1 && r.Status == "completed" }), 30*time.Second, pollEvery)
	require.Len(t, m.triggers(left), 4, "a lead that fails again is not replayed again")
	require.Equal(t, 0, leadrail.stop())
}

// command runs a job beside the leadrail up of the machine and returns what it
// wrote.
func (m *machine) command(args ...string) string {
	m.t.Helper()
	cmd := exec.Command(binary(m.t, "leadrail"), args...)
	cmd.Env, cmd.Dir = m.env, m.dir
	out, err := cmd.Output()
	require.NoError(m.t, err)
	return string(out)
}
