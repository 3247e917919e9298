package child_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/child"
)

// patience is long enough for a slow machine.
const patience = 30 * time.Second

// program is a started shell script whose input the test holds, so that it
// cannot outlive the test by much.
type program struct {
	*child.Process

	input  io.WriteCloser
	output *bufio.Reader
}

func start(t *testing.T, script string) program {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", script)
	input, err := cmd.StdinPipe()
	require.NoError(t, err)
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, reader.SetReadDeadline(time.Now().Add(patience)))
	cmd.Stdout = writer
	process, err := child.Start(cmd, syscall.SIGKILL)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	t.Cleanup(func() {
		process.Kill()
		require.NoError(t, reader.Close())
	})
	return program{process, input, bufio.NewReader(reader)}
}

// line waits for the next line of the program's output.
func (p program) line(t *testing.T) string {
	t.Helper()
	line, err := p.output.ReadString('\n')
	require.NoError(t, err)
	return line
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func ended(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errBroken)
	return ctx
}

func TestProcessThatEndsByItself(t *testing.T) {
	t.Parallel()
	for script, code := range map[string]int{"read line; exit 0": 0, "read line; exit 3": 3} {
		p := start(t, script)
		require.NoError(t, p.Err(), "it runs")
		_, err := p.input.Write([]byte("\n"))
		require.NoError(t, err)
		err = p.Wait(bounded(t))
		<-p.Done()
		require.Equal(t, err, p.Err())
		require.Equal(t, code, exitCode(t, err))
		p.Signal(syscall.SIGTERM) // a program that has ended does not mind
	}
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	return exit.ExitCode()
}

func TestStartNamesTheProgramThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := child.Start(exec.Command("/no/such/program"), syscall.SIGKILL)
	require.ErrorContains(t, err, "start /no/such/program")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestProcessHasAGroupOfItsOwn(t *testing.T) {
	t.Parallel()
	p := start(t, "read line")
	group, err := syscall.Getpgid(p.PID())
	require.NoError(t, err)
	require.Equal(t, p.PID(), group)
}

func TestEndSendsTheSignalAndWaits(t *testing.T) {
	t.Parallel()
	// A shell that waits in read can miss a signal that comes just before it;
	// between commands it misses none.
	p := start(t, `trap 'exit 7' TERM; echo trapped; while :; do :; done`)
	require.Equal(t, "trapped\n", p.line(t))
	require.True(t, p.End(bounded(t), syscall.SIGTERM))
	require.Equal(t, 7, exitCode(t, p.Err()))
}

func TestEndGivesUpOnAProgramThatDoesNotListen(t *testing.T) {
	t.Parallel()
	p := start(t, `trap '' TERM; echo trapped; read line`)
	require.Equal(t, "trapped\n", p.line(t))
	require.False(t, p.End(ended(t), syscall.SIGTERM))
	require.NoError(t, p.Err(), "it still runs")

	p.Kill()
	require.Equal(t, syscall.SIGKILL, signalOf(t, p.Err()))
}

func TestWaitKillsWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	p := start(t, "read line")
	require.ErrorIs(t, p.Wait(ended(t)), errBroken)
	require.Equal(t, syscall.SIGKILL, signalOf(t, p.Err()))
}

func signalOf(t *testing.T, err error) syscall.Signal {
	t.Helper()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	return exit.Sys().(syscall.WaitStatus).Signal()
}
