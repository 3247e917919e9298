package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Bounds of waiting; each is far above what a slow machine needs.
const (
	startTimeout = 90 * time.Second
	stopTimeout  = 60 * time.Second
	pollEvery    = 50 * time.Millisecond
)

// binary returns the path of a program that make build made.
func binary(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "bin", name))
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "" {
			t.Skipf("bin/%s is not built; run make build", name)
		}
		require.NoError(t, err)
	}
	return path
}

// machine is one data directory with its ports: what survives a restart.
type machine struct {
	t        *testing.T
	dir      string
	api      string
	temporal string
	// database is the product's, for looking past the API.
	database string
	adminKey string
	env      []string
	silence  *silence
}

// newMachine takes free ports and an empty data directory.
func newMachine(t *testing.T, env ...string) *machine {
	t.Helper()
	dir, err := os.MkdirTemp("", "leadrail-e2e-") // not t.TempDir: its parent may bar the database's user
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { os.RemoveAll(dir) })
	m := &machine{t: t, dir: dir, api: freeAddress(t), temporal: freeAddress(t), adminKey: "lr_e2e_admin_key"}
	m.listen()
	postgresPort := portOf(freeAddress(t))
	m.database = "postgres://postgres@127.0.0.1:" + postgresPort + "/leadrail"
	m.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir,
		"LEADRAIL_DATA_DIR=" + filepath.Join(dir, "data"),
		"LEADRAIL_LISTEN=" + m.api,
		"LEADRAIL_TEMPORAL_LISTEN=" + m.temporal,
		"LEADRAIL_TEMPORAL_UI_LISTEN=" + freeAddress(t),
		"LEADRAIL_POSTGRES_PORT=" + postgresPort,
		"LEADRAIL_METRICS_LISTEN=off",
		"LEADRAIL_ADMIN_KEY=" + m.adminKey,
	}, env...)
	return m
}

// freeAddress finds a port that nobody listens on and that no test was given
// before: the kernel may name one twice.
func freeAddress(t *testing.T) string {
	t.Helper()
	for {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		address := listener.Addr().String()
		require.NoError(t, listener.Close())
		if _, given := shared.LoadOrStore(address, true); !given {
			return address
		}
	}
}

// shared are the addresses that tests were given.
var shared sync.Map

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// process is a running leadrail.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	banner string
	exited chan struct{}
}

// up starts leadrail up and waits until it says that it is ready.
func (m *machine) up() *process {
	m.t.Helper()
	binary(m.t, "leadrail-temporal")
	cmd := exec.Command(binary(m.t, "leadrail"), "up")
	cmd.Env, cmd.Dir = m.env, m.dir
	var complaints lockedBuffer
	cmd.Stderr = &complaints
	output, err := cmd.StdoutPipe()
	require.NoError(m.t, err)
	require.NoError(m.t, cmd.Start())
	m.silence.hear(complaints.String)
	p := &process{t: m.t, cmd: cmd, exited: make(chan struct{})}
	ready := make(chan string, 1)
	go func() {
		defer close(p.exited)
		ready <- readUntil(output, "Ctrl-C")
		io.Copy(io.Discard, output) // an error means that it has ended
		cmd.Wait()                  // an error is how it ended: tests kill it
	}()
	m.t.Cleanup(func() {
		cmd.Process.Kill() // an error means that it has ended
		<-p.exited
		if m.t.Failed() {
			m.t.Logf("leadrail up said:\n%s", complaints.String())
		}
	})
	select {
	case p.banner = <-ready:
	case <-time.After(startTimeout):
	}
	require.Contains(m.t, p.banner, "Leadrail is ready", "leadrail up did not start: %s", complaints.String())
	return p
}

func readUntil(output io.Reader, mark string) string {
	var text strings.Builder
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		text.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), mark) {
			break
		}
	}
	return text.String()
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Kill())
	<-p.exited
}

// stop asks the process to end and returns its exit code.
func (p *process) stop() int {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
		require.Fail(p.t, "leadrail did not stop")
	}
	return p.cmd.ProcessState.ExitCode()
}

// killChild ends the child whose command line matches.
func (p *process) killChild(pattern string) {
	p.t.Helper()
	matching := regexp.MustCompile(pattern)
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", p.cmd.Process.Pid, p.cmd.Process.Pid))
	require.NoError(p.t, err)
	pids := strings.Fields(string(children))
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.cmd.Process.Pid))
	require.NoError(p.t, err)
	for _, thread := range threads { // a child belongs to the thread that started it
		more, err := os.ReadFile(thread)
		require.NoError(p.t, err)
		pids = append(pids, strings.Fields(string(more))...)
	}
	for _, pid := range pids {
		line, err := os.ReadFile("/proc/" + pid + "/cmdline")
		if err != nil || !matching.Match(bytes.ReplaceAll(line, []byte{0}, []byte{' '})) {
			continue
		}
		number, err := strconv.Atoi(pid)
		require.NoError(p.t, err)
		require.NoError(p.t, syscall.Kill(number, syscall.SIGKILL))
		return
	}
	require.Failf(p.t, "no such child", "%s", pattern)
}

// call makes a request with the admin key and decodes the answer unless it is a
// refusal. It returns 0 where no answer came, or only a part of one.
func (m *machine) call(method, path string, body, answer any) int {
	m.t.Helper()
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		require.NoError(m.t, err)
		m.silence.keep(encoded)
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, "http://"+m.api+path, content)
	require.NoError(m.t, err)
	request.Header.Set("Authorization", "Bearer "+m.adminKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	refused := response.StatusCode >= http.StatusBadRequest
	if answer != nil && !refused && json.NewDecoder(response.Body).Decode(answer) != nil {
		return 0
	}
	return response.StatusCode
}

// submission is what the tests read of a lead.
type submission struct {
	SubmissionID  string `json:"submissionId"`
	Status        string `json:"status"`
	FailureReason string `json:"failureReason"`
	Deliveries    []struct {
		Status   string `json:"status"`
		Attempts []struct {
			N         int       `json:"n"`
			At        time.Time `json:"at"`
			ErrorCode string    `json:"errorCode"`
		} `json:"attempts"`
		NextAttemptAt *time.Time `json:"nextAttemptAt"`
	} `json:"deliveries"`
}

// waitFor reads a lead until it has the status.
func (m *machine) waitFor(id, status string, within time.Duration) submission {
	m.t.Helper()
	var lead submission
	require.Eventually(m.t, func() bool {
		lead = submission{}
		return m.call(http.MethodGet, "/v1/submissions/"+id, nil, &lead) == http.StatusOK && lead.Status == status
	}, within, pollEvery, "lead %s did not become %s", id, status)
	return lead
}

// createForm makes a form with one webhook and returns its id.
func (m *machine) createForm(name, url string, schedule ...string) string {
	m.t.Helper()
	var form struct {
		ID string `json:"id"`
	}
	status := m.call(http.MethodPost, "/v1/forms", map[string]any{
		"agentId": "agent_e2e", "name": name,
		"fields":  []map[string]any{{"name": "email", "type": "email"}},
		"webhook": map[string]any{"url": url, "retrySchedule": schedule},
	}, &form)
	require.Equal(m.t, http.StatusCreated, status)
	return form.ID
}

// submit posts a lead and returns its id.
func (m *machine) submit(formID, email string) string {
	m.t.Helper()
	var accepted submission
	status := m.call(http.MethodPost, "/v1/submissions", map[string]any{
		"formId": formID, "formData": map[string]any{"email": email},
	}, &accepted)
	require.Equal(m.t, http.StatusAccepted, status)
	return accepted.SubmissionID
}

// lockedBuffer takes the log of a child while the test may read it.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
