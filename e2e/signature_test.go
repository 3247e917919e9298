package e2e_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/child"
)

// signed is a webhook as it arrived, byte by byte.
type signed struct {
	header http.Header
	body   []byte
}

// secret is the secret of a form as the API shows it.
type secret struct {
	Secret            string     `json:"secret"`
	Previous          string     `json:"previous"`
	PreviousExpiresAt *time.Time `json:"previousExpiresAt"`
}

// The receivers of docs/signatures.md, which use the official libraries, take
// what leadrail up sends before, during and after a rotation of the secret.
func TestReceiversOfTheGuideVerifyWebhooks(t *testing.T) {
	t.Parallel()
	programs := map[string]func(t *testing.T) []string{"JavaScript": javaScriptReceiver, "Go": goReceiver}
	commands := map[string][]string{}
	for language, build := range programs {
		commands[language] = build(t)
	}
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	m.up()
	arrivals := make(chan signed, 10)
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // an error leaves a body that nobody verifies
		arrivals <- signed{r.Header, body}
	}))
	t.Cleanup(endpoint.Close)
	form := m.createForm("signed", endpoint.URL)
	deliver := func() signed {
		m.waitFor(m.submit(form, "zoë@example.com"), "completed", time.Minute)
		return <-arrivals
	}

	older := m.secret(http.MethodGet, form, "secret")
	before := deliver()
	newer := m.secret(http.MethodPost, form, "secret/rotate")
	require.Equal(t, older.Secret, newer.Previous)
	require.WithinDuration(t, time.Now().Add(24*time.Hour), *newer.PreviousExpiresAt, time.Minute)
	during := deliver()
	m.endOverlap(form)
	require.Equal(t, secret{Secret: newer.Secret}, m.secret(http.MethodGet, form, "secret"))
	after := deliver()

	tampered := signed{during.header, bytes.Replace(during.body, []byte("zoë"), []byte("zoe"), 1)}
	require.NotEqual(t, during.body, tampered.body)
	for language, command := range commands {
		old, current := startReceiver(t, older.Secret, command), startReceiver(t, newer.Secret, command)
		for name, c := range map[string]struct {
			webhook          signed
			byOld, byCurrent int
		}{
			"before":                  {before, http.StatusNoContent, http.StatusUnauthorized},
			"during":                  {during, http.StatusNoContent, http.StatusNoContent},
			"after":                   {after, http.StatusUnauthorized, http.StatusNoContent},
			"a changed one":           {tampered, http.StatusUnauthorized, http.StatusUnauthorized},
			"one body for another's":  {signed{after.header, before.body}, http.StatusUnauthorized, http.StatusUnauthorized},
			"one without a signature": {signed{http.Header{}, during.body}, http.StatusUnauthorized, http.StatusUnauthorized},
		} {
			require.Equal(t, c.byOld, c.webhook.resend(t, old), "%s, %s, by the old secret", language, name)
			require.Equal(t, c.byCurrent, c.webhook.resend(t, current), "%s, %s, by the new secret", language, name)
		}
	}
}

func (m *machine) secret(method, form, path string) secret {
	m.t.Helper()
	var answer secret
	body := map[string]any{}
	if method == http.MethodGet {
		body = nil
	}
	require.Equal(m.t, http.StatusOK, m.call(method, "/v1/forms/"+form+"/"+path, body, &answer))
	return answer
}

// endOverlap lets the old secret run out now.
func (m *machine) endOverlap(form string) {
	m.t.Helper()
	conn, err := pgx.Connect(m.t.Context(), m.database)
	require.NoError(m.t, err)
	defer conn.Close(context.WithoutCancel(m.t.Context()))
	_, err = conn.Exec(m.t.Context(), "UPDATE secrets SET previous_expires_at = now() WHERE form_id = $1", form)
	require.NoError(m.t, err)
}

// javaScriptReceiver installs the official library beside the receiver of the
// guide, without running anything that comes with it.
func javaScriptReceiver(t *testing.T) []string {
	t.Helper()
	node, npm := installed(t, "node"), installed(t, "npm")
	dir := t.TempDir()
	file := filepath.Join(dir, "receiver.mjs")
	require.NoError(t, os.WriteFile(file, []byte(snippet(t, "js")), 0o600))
	requireRuns(t, dir, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "standardwebhooks@1.1.1")
	return []string{node, file}
}

// goReceiver builds the receiver of the guide with the modules of this one.
func goReceiver(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	file, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "receiver")
	require.NoError(t, os.WriteFile(file, []byte(snippet(t, "go")), 0o600))
	requireRuns(t, "..", "go", "build", "-o", program, file)
	return []string{program}
}

// installed finds a program that this test needs and the product does not.
func installed(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	const message = "%s is not installed; it runs the official JavaScript library for webhooks"
	if os.Getenv("CI") == "" {
		t.Skipf(message, name)
	}
	require.Failf(t, "a program is missing", message, name)
	return ""
}

// snippet returns the code of a language in the guide.
func snippet(t *testing.T, language string) string {
	t.Helper()
	guide, err := os.ReadFile("../docs/signatures.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(guide), "```"+language+"\n")
	require.True(t, found, language)
	code, _, _ := strings.Cut(rest, "```")
	return code
}

func requireRuns(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s %s\n%s", name, args, output)
}

// startReceiver starts a receiver of the guide with a secret and returns its
// URL.
func startReceiver(t *testing.T, secret string, command []string) string {
	t.Helper()
	address := freeAddress(t)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = []string{"WEBHOOK_SECRET=" + secret, "PORT=" + portOf(address)}
	var said lockedBuffer
	cmd.Stdout, cmd.Stderr = &said, &said
	process, err := child.Start(cmd, syscall.SIGKILL)
	require.NoError(t, err)
	t.Cleanup(process.Kill)
	url := "http://" + address
	require.Eventually(t, func() bool {
		response, err := http.Post(url, "application/json", http.NoBody)
		return err == nil && response.Body.Close() == nil
	}, startTimeout, pollEvery, "%s does not listen: %s", command, &said)
	return url
}

// resend sends the webhook once more and returns what a receiver thinks of it.
func (s signed) resend(t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(s.body))
	require.NoError(t, err)
	request.Header = s.header
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}
