package localpg_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/localpg"
)

func TestRunBringsAKilledServerBack(t *testing.T) {
	t.Parallel()
	opts := localpg.Options{Dir: folder(t)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	servers, ended := make(chan *localpg.Server, 1), make(chan error, 1)
	go func() { ended <- localpg.Run(ctx, opts, func(s *localpg.Server) { servers <- s }) }()

	first := receive(t, servers)
	remember(t, first, "still there")
	keepBusy(t, first)
	second := killAndReceive(t, first, servers)
	require.Equal(t, "still there", recalls(t, second))
	third := killAndReceive(t, second, servers)
	require.Equal(t, "still there", recalls(t, third))

	cancel()
	require.NoError(t, receive(t, ended))
	closed(t, third.Done())
}

func killAndReceive(t *testing.T, server *localpg.Server, servers <-chan *localpg.Server) *localpg.Server {
	t.Helper()
	began := time.Now()
	require.NoError(t, syscall.Kill(server.Pid(), syscall.SIGKILL))
	next := receive(t, servers)
	t.Logf("back after %v", time.Since(began))
	closed(t, server.Done())
	require.ErrorContains(t, server.Err(), "killed")
	require.Equal(t, server.Port(), next.Port())
	return next
}

// keepBusy leaves a server process that does not notice the postmaster's
// death, because it never waits for anything.
func keepBusy(t *testing.T, server *localpg.Server) {
	t.Helper()
	const endless = "SELECT count(*) FROM generate_series(1, 4000000000) a CROSS JOIN generate_series(1, 1000) b"
	conn, err := pgx.Connect(bounded(t), server.URL("postgres"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		conn.Exec(ctx, endless) // an error is the end that it gets
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		conn.Close(context.Background())
	})
	require.Eventually(t, func() bool {
		return query(t, server, "SELECT count(*)::text FROM pg_stat_activity WHERE state = 'active' AND query = '"+endless+"'") == "1"
	}, 10*time.Second, 10*time.Millisecond)
}

func TestRunReportsTheFirstStart(t *testing.T) {
	t.Parallel()
	opts := volatile(t)
	opts.Port = occupy(t, "127.0.0.1:0")
	err := localpg.Run(bounded(t), opts, func(*localpg.Server) { t.Error("ready without a server") })
	var taken *localpg.PortError
	require.ErrorAs(t, err, &taken)
}

func TestKilledOwner(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner, _ := startOwner(t, dir)
	_, err := localpg.Start(bounded(t), localpg.Options{Dir: dir, Volatile: true})
	var locked *localpg.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, owner.Process.Pid, locked.PID)

	kill(t, owner)
	began := time.Now()
	server := start(t, localpg.Options{Dir: dir, Volatile: true})
	t.Logf("back after %v", time.Since(began))
	require.NoError(t, server.Stop(bounded(t)))

	if runtime.GOOS != "linux" {
		return // what follows needs the parent-death signal
	}
	owner, postmaster := startOwner(t, dir)
	kill(t, owner)
	require.Eventually(t, func() bool {
		return errors.Is(syscall.Kill(postmaster, 0), syscall.ESRCH)
	}, 15*time.Second, 10*time.Millisecond, "the server dies with its owner")
}

// startOwner runs this test binary as a process that owns a server.
func startOwner(t *testing.T, dir string) (owner *exec.Cmd, postmaster int) {
	t.Helper()
	owner = exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerVariable+"="+dir)
	owner.Stderr = os.Stderr
	output, err := owner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, owner.Start())
	_, err = fmt.Fscan(bufio.NewReader(output), &postmaster)
	require.NoError(t, err)
	return owner, postmaster
}

func kill(t *testing.T, owner *exec.Cmd) {
	t.Helper()
	require.NoError(t, owner.Process.Kill())
	require.Error(t, owner.Wait())
}

func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-bounded(t).Done():
		require.FailNow(t, "nothing received in a minute")
		panic("unreachable")
	}
}
