package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const (
	readyTimeout = 40 * time.Second
	exitTimeout  = 10 * time.Second
	callTimeout  = 30 * time.Second
	queue        = "greetings"
)

var readyPattern = regexp.MustCompile(`^ready temporal=(\S+) ui=(http://\S+)$`)

// instance is a running leadrail-temporal.
type instance struct {
	cmd      *exec.Cmd
	temporal string
	ui       string
	stdout   *bufio.Scanner
	stderr   *bytes.Buffer // read it after the exit only
}

// launch starts the command and waits for its ready line.
func launch(t *testing.T, u *url.URL, args ...string) *instance {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"-listen", "127.0.0.1:0", "-ui-listen", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), childEnv+"=1", databaseURLEnv+"="+u.String())
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in := &instance{cmd: cmd, stderr: &bytes.Buffer{}}
	cmd.Stderr = in.stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })

	in.stdout = bufio.NewScanner(stdout)
	line := make(chan string, 1)
	go func() { in.stdout.Scan(); line <- in.stdout.Text() }()
	select {
	case got := <-line:
		match := readyPattern.FindStringSubmatch(got)
		require.NotNil(t, match, "stdout says %q, stderr %s", got, in.stderr)
		in.temporal, in.ui = match[1], match[2]
	case <-time.After(readyTimeout):
		require.Fail(t, "not ready in time")
	}
	return in
}

// terminate sends SIGTERM and checks the exit.
func (in *instance) terminate(t *testing.T) {
	t.Helper()
	require.NoError(t, in.cmd.Process.Signal(syscall.SIGTERM))
	exited := make(chan error, 1)
	go func() {
		if in.stdout.Scan() {
			exited <- errors.New("more than one line on stdout: " + in.stdout.Text())
			return
		}
		exited <- in.cmd.Wait()
	}()
	select {
	case err := <-exited:
		require.NoError(t, err, in.stderr.String())
	case <-time.After(exitTimeout):
		require.Fail(t, "did not exit in time")
	}
}

func (in *instance) dial(t *testing.T) client.Client {
	t.Helper()
	logger := sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	c, err := client.Dial(client.Options{HostPort: in.temporal, Logger: logger})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func greet(_ workflow.Context, name string) (string, error) { return "hello " + name, nil }

// greetOnce runs the workflow to its end with a worker of its own.
func greetOnce(ctx context.Context, c client.Client, id string) error {
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(greet, workflow.RegisterOptions{Name: "greet"})
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: queue}, "greet", "you")
	if err != nil {
		return err
	}
	var greeting string
	return run.Get(ctx, &greeting)
}

func retention(t *testing.T, c client.Client) time.Duration {
	t.Helper()
	resp, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "default"})
	require.NoError(t, err)
	return resp.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()
}

func TestWorkflowsSurviveARestart(t *testing.T) {
	t.Parallel()
	prefix := newPrefix()
	ctx, cancel := context.WithTimeout(t.Context(), callTimeout)
	defer cancel()

	first := launch(t, shared.url(), "-database-prefix", prefix, "-retention", "48h", "-codec-endpoint", "http://127.0.0.1:8080/codec")
	c := first.dial(t)
	require.Equal(t, 48*time.Hour, retention(t, c))
	require.NoError(t, greetOnce(ctx, c, "greeting-1"), "a worker can start right after the ready line")
	require.Contains(t, get(t, first.ui+"/"), "<html")
	require.Contains(t, get(t, first.ui+"/api/v1/settings"), "http://127.0.0.1:8080/codec")
	first.terminate(t)

	second := launch(t, shared.url(), "-database-prefix", prefix, "-retention", "72h", "-shards", "8")
	c = second.dial(t)
	require.Equal(t, 72*time.Hour, retention(t, c), "a changed retention is applied")
	found, err := c.DescribeWorkflowExecution(ctx, "greeting-1", "")
	require.NoError(t, err)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, found.GetWorkflowExecutionInfo().GetStatus())
	second.terminate(t)
}

func TestPostgresMayGoAway(t *testing.T) {
	pg, err := newPGServer()
	require.NoError(t, err)
	t.Cleanup(pg.remove)
	ctx, cancel := context.WithTimeout(t.Context(), callTimeout)
	defer cancel()

	in := launch(t, pg.url())
	c := in.dial(t)
	pg.stop()
	count := func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{})
		return err
	}
	require.Error(t, count(ctx))

	require.NoError(t, pg.start())
	require.NoError(t, poll(ctx, count))
	require.NoError(t, greetOnce(ctx, c, "greeting-1"))

	pg.stop()
	in.terminate(t)
}

func TestSignalDuringTheStart(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	args := []string{"-listen", "127.0.0.1:0", "-ui-listen", "", "-database-prefix", newPrefix(), "-database-url", shared.url().String()}
	require.Equal(t, exitOK, run(ctx, args, environ(nil), &stdout, &stderr))
	require.Empty(t, stdout.String())
}

func get(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get(address)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}
