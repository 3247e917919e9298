package localpg_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/localpg"
)

func TestStartKeepsDataAndPort(t *testing.T) {
	t.Parallel()
	opts := localpg.Options{Dir: folder(t)}

	first := start(t, opts)
	for setting, want := range map[string]string{
		"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "data_checksums": "on", "server_encoding": "UTF8",
		"TimeZone": "UTC", "fsync": "on", "max_connections": "200", "log_error_verbosity": "terse",
	} {
		require.Equal(t, want, query(t, first, "SHOW "+setting), setting)
	}
	require.Equal(t, "C", query(t, first, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'"))
	remember(t, first, "kept")
	checkSecondOwner(t, opts)
	require.NoError(t, first.CreateDatabase(bounded(t), "Some Leads"))
	require.NoError(t, first.CreateDatabase(bounded(t), "Some Leads"))
	require.NoError(t, first.Stop(bounded(t)))
	closed(t, first.Done())
	require.NoError(t, first.Err(), "a stopped server has not failed")
	require.NoError(t, first.Stop(bounded(t)), "stopping twice is fine")

	second := start(t, opts)
	require.Equal(t, first.Port(), second.Port())
	require.Equal(t, "kept", recalls(t, second))
	require.Equal(t, "1", query(t, second, "SELECT count(*)::text FROM pg_database WHERE datname = 'Some Leads'"))
	require.FileExists(t, second.LogFile())
}

// checkSecondOwner expects a refusal that names this process.
func checkSecondOwner(t *testing.T, opts localpg.Options) {
	t.Helper()
	_, err := localpg.Start(bounded(t), opts)
	var locked *localpg.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, os.Getpid(), locked.PID)
	require.ErrorContains(t, err, opts.Dir)
}

func TestVolatileServerIsRemoved(t *testing.T) {
	t.Parallel()
	opts := volatile(t)
	require.NoError(t, localpg.Remove(bounded(t), opts), "nothing there yet")
	server := start(t, opts)
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		require.Equal(t, "off", query(t, server, "SHOW "+setting), setting)
	}

	var locked *localpg.LockedError
	require.ErrorAs(t, localpg.Remove(bounded(t), opts), &locked)
	require.NoError(t, server.Stop(bounded(t)))
	require.NoError(t, localpg.Remove(bounded(t), opts))
	require.NoDirExists(t, opts.Dir)
}

func TestTakenPortIsNamed(t *testing.T) {
	t.Parallel()
	opts := volatile(t)
	port := occupy(t, "127.0.0.1:0")
	opts.Port = port

	_, err := localpg.Start(bounded(t), opts)
	var taken *localpg.PortError
	require.ErrorAs(t, err, &taken)
	require.Equal(t, port, taken.Port)
	require.ErrorContains(t, err, strconv.Itoa(port))
}

// The leftovers are an interrupted initialisation, a log that grew too long, a
// pid file whose number is a stranger's (in a container numbers start anew)
// and a port that another program has taken meanwhile.
func TestStartAmongLeftovers(t *testing.T) {
	t.Parallel()
	opts := volatile(t)
	draft, log := filepath.Join(opts.Dir, "cluster.new"), filepath.Join(opts.Dir, "postgres.log")
	require.NoError(t, os.MkdirAll(draft, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(draft, "PG_VERSION"), []byte("15\n"), 0o600))
	require.NoError(t, os.WriteFile(log, nil, 0o600))
	require.NoError(t, os.Truncate(log, 16<<20+1))

	first := start(t, opts)
	require.NoDirExists(t, draft)
	info, err := os.Stat(log)
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(1<<20))
	require.FileExists(t, log+".1")
	require.NoError(t, first.Stop(bounded(t)))

	stranger := fmt.Sprintf("%d\n%s\n", os.Getpid(), filepath.Join(opts.Dir, "cluster"))
	require.NoError(t, os.WriteFile(filepath.Join(opts.Dir, "cluster", "postmaster.pid"), []byte(stranger), 0o600))
	occupy(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(first.Port())))
	second := start(t, opts)
	require.NotEqual(t, first.Port(), second.Port())
}

func TestStartGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := localpg.Start(ctx, volatile(t))
	require.ErrorIs(t, err, context.Canceled)
}

// occupy listens for the length of the test.
func occupy(t *testing.T, address string) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp4", address)
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}
