package e2e_test

import (
	"bufio"
	"context"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// leadrail demo beside leadrail up: sample leads arrive, are routed and mailed,
// and a second demo finds everything in place.
func TestDemo(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	before := exec.Command(binary(t, "leadrail"), "demo")
	before.Env, before.Dir = m.env, m.dir
	complaint, err := before.CombinedOutput()
	require.Error(t, err, "nothing runs yet")
	require.Contains(t, string(complaint), "leadrail: nothing answers at http://"+m.api+": start leadrail up")

	leadrail := m.up()
	require.Contains(t, leadrail.banner, "http://"+m.api+"/outbox")
	require.Regexp(t, `(?m)^  \S*leadrail demo$`, leadrail.banner)
	for range 2 {
		out := m.demo(8)
		require.Regexp(t, `(?m)^\S+  demo_request    \S+ \S+ +(enterprise|growth|general) +\w+@example.com +completed  webhook delivered · email delivered$`, out)
		require.Regexp(t, `\n\d+ leads: \d+ completed[^\n]*\.\n$`, out)
	}
	var forms, teams, mails struct {
		Data []any `json:"data"`
	}
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/forms", nil, &forms))
	require.Len(t, forms.Data, 5, "the four samples, and that of leadrail up")
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/teams", nil, &teams))
	require.Len(t, teams.Data, 3)
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/outbox", nil, &mails))
	require.NotEmpty(t, mails.Data)
	require.Equal(t, 0, leadrail.stop())
}

// demo runs leadrail demo until so many leads are completed, then interrupts
// it, and returns what it wrote.
func (m *machine) demo(leads int) string {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary(m.t, "leadrail"), "demo")
	cmd.Env, cmd.Dir = m.env, m.dir
	output, err := cmd.StdoutPipe()
	require.NoError(m.t, err)
	require.NoError(m.t, cmd.Start())
	var text strings.Builder
	for lines := bufio.NewScanner(output); lines.Scan(); {
		text.WriteString(lines.Text() + "\n")
		if !strings.Contains(lines.Text(), " completed  ") {
			continue
		}
		if leads--; leads == 0 {
			require.NoError(m.t, cmd.Process.Signal(syscall.SIGINT))
		}
	}
	require.NoError(m.t, cmd.Wait(), "an interrupt is how it ends; it wrote:\n%s", text.String())
	return text.String()
}
