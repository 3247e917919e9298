package e2e_test

import (
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A key made on the command line works at once in the leadrail up that runs, an
// outage of the database does not make it unknown, and once it is revoked it
// ends at once.
func TestAKeyIsMadeUsedAndRevoked(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	form := m.createForm("with_a_key", newReceiver(t, http.StatusOK).URL)
	guest := *m
	guest.adminKey = m.run("key", "create", "-name", "agent", "-scopes", "submit", "-agents", "agent_e2e")
	guest.submit(form, "ada@example.com")
	require.Equal(t, http.StatusForbidden, guest.call(http.MethodGet, "/v1/submissions", nil, nil))

	lead := map[string]any{"formId": form, "formData": map[string]any{"email": "ada@example.com"}}
	submit := func() int { return guest.call(http.MethodPost, "/v1/submissions", lead, nil) }
	leadrail.killChild("postgres .*-D")
	require.Eventually(t, func() bool {
		status := submit()
		require.NotEqual(t, http.StatusUnauthorized, status)
		return status == http.StatusAccepted
	}, time.Minute, pollEvery)

	list := m.run("key", "list")
	id := regexp.MustCompile(`key_[0-9a-z]{26}`).FindString(list)
	require.Contains(t, list, "works")
	m.run("key", "revoke", "-id", id)
	require.Eventually(t, func() bool { return submit() == http.StatusUnauthorized }, 5*time.Second, pollEvery)
	require.Equal(t, 0, leadrail.stop())
}

// run runs another leadrail command against the machine and returns what it
// prints.
func (m *machine) run(args ...string) string {
	m.t.Helper()
	cmd := exec.Command(binary(m.t, "leadrail"), args...)
	cmd.Env, cmd.Dir = m.env, m.dir
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(m.t, err, complaints.String())
	return strings.TrimSpace(string(out))
}
