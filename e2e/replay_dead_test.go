package e2e_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An endpoint refuses connections until all its leads have failed. Once it is back,
// one replay delivers them all, whatever is killed meanwhile; what arrives twice was
// on its way at the kill and can be recognised.
func TestAReplayAfterAnEndpointWasDead(t *testing.T) {
	t.Parallel()
	for name, killed := range map[string]bool{"nothing is killed": false, "everything is killed": true} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
			c := &chaos{machine: m, leadrail: m.up()}
			address := freeAddress(t)
			form := m.createForm("dead", "http://"+address, "0s")
			leads := oneOf(60, 1000)
			for range leads {
				m.submit(form, "ada@example.com")
			}
			m.waitForAll("failed", leads)
			var dry bulkReplay
			filter := map[string]any{"formId": form}
			require.Equal(t, http.StatusOK, m.call(http.MethodPost, "/v1/replays", map[string]any{"filter": filter, "dryRun": true}, &dry))
			require.Equal(t, leads, dry.Matched)

			endpoint := listenAt(t, address)
			if !killed {
				require.Regexp(t, `^rpl_\S+\n`+counts(leads, leads, 0)+`\n$`, m.command("replay", "-form", form, "-rate", "50", "-wait"))
			} else {
				c.replayAndKill(form, leads, endpoint)
			}
			m.waitForAll("completed", leads)
			require.Len(t, webhookIDs(endpoint.all()), leads)
			require.Equal(t, 0, c.leadrail.stop())
		})
	}
}

// replayAndKill kills everything in the middle of a replay, which then goes on.
func (c *chaos) replayAndKill(form string, leads int, endpoint *receiver) {
	c.t.Helper()
	var replay bulkReplay
	require.Equal(c.t, http.StatusAccepted, c.call(http.MethodPost, "/v1/replays", map[string]any{
		"filter": map[string]any{"formId": form}, "ratePerSecond": oneOf(10, 50),
	}, &replay))
	require.Equal(c.t, leads, replay.Matched)
	require.Eventually(c.t, func() bool { return len(endpoint.all()) >= leads/3 }, time.Minute, pollEvery)
	killed := time.Now()
	c.kill(0)
	require.Less(c.t, c.number(`SELECT count(*) FROM replay_leads`), leads, "it was in the middle")

	path := "/v1/replays/" + replay.ReplayID
	require.Eventually(c.t, func() bool {
		replay = bulkReplay{}
		return c.call(http.MethodGet, path, nil, &replay) == http.StatusOK && replay.Status == "completed" && replay.Succeeded == leads
	}, 4*time.Minute, pollEvery, "%+v", &replay)
	require.Equal(c.t, leads, replay.Replayed)
	require.Zero(c.t, replay.FailedAgain)
	require.LessOrEqual(c.t, len(endpoint.all())-leads, c.underWay(form, killed.Add(-time.Second), killed))
}

// A replay that is waited for fails when a lead fails again, and its counts stay when
// somebody replays that lead later.
func TestAReplayIsWaitedForAndItsCountsStay(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	endpoint := newReceiver(t, http.StatusNotFound, http.StatusNotFound, http.StatusNotFound, http.StatusNotFound, http.StatusOK)
	id := m.submit(m.createForm("twice", endpoint.URL, "0s"), "ada@example.com")
	m.waitFor(id, "failed", 20*time.Second)

	cmd := exec.Command(binary(t, "leadrail"), "replay", "-all", "-wait")
	cmd.Env, cmd.Dir = m.env, m.dir
	out, err := cmd.Output()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 1, exit.ExitCode())
	require.Regexp(t, `^rpl_\S+\n`+counts(1, 0, 1)+`\n$`, string(out))
	require.Contains(t, string(exit.Stderr), "leadrail: not all were delivered")

	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions/"+id+"/replay", nil, nil))
	m.waitFor(id, "completed", 20*time.Second)
	var replay bulkReplay
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/replays/"+string(out[:len("rpl_")+26]), nil, &replay))
	require.Equal(t, []int{1, 1, 0, 1}, []int{replay.Matched, replay.Replayed, replay.Succeeded, replay.FailedAgain})
	require.Equal(t, 0, leadrail.stop())
}

// counts is the last line of a replay that was waited for.
func counts(replayed, succeeded, failed int) string {
	return fmt.Sprintf("%d replayed, %d succeeded, %d failed again", replayed, succeeded, failed)
}

// waitForAll waits until so many leads of the machine, and no others, have the
// status.
func (m *machine) waitForAll(status string, leads int) {
	m.t.Helper()
	require.Eventually(m.t, func() bool {
		return m.number(`SELECT count(*) FROM submissions WHERE status = $1`, status) == leads
	}, oneOf(time.Minute, 5*time.Minute), pollEvery, "not all leads are %s", status)
	require.Equal(m.t, leads, m.number(`SELECT count(*) FROM submissions`))
}

// listenAt is a receiver at an address that nobody listened at so far.
func listenAt(t *testing.T, address string) *receiver {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	require.NoError(t, err)
	r := &receiver{statuses: []int{http.StatusOK}}
	r.Server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(r.take)}}
	r.Start()
	t.Cleanup(r.Close)
	return r
}
