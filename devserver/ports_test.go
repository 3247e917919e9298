package main

import (
	"bytes"
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTakenPortEndsTheStart(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	addr := taken.Addr().String()

	for _, flag := range []string{"-listen", "-ui-listen"} {
		t.Run(flag, func(t *testing.T) {
			args := []string{"-listen", "127.0.0.1:0", "-ui-listen", "127.0.0.1:0", flag, addr}
			var stdout, stderr bytes.Buffer
			// Nothing answers at this database: the port is looked at first.
			code := run(t.Context(), args, environ(map[string]string{databaseURLEnv: "postgres://u@127.0.0.1:1"}), &stdout, &stderr)
			require.Equal(t, exitError, code)
			require.Empty(t, stdout.String())
			require.Equal(t, "leadrail-temporal: "+addr+" ("+flag+"): the address is already in use by another program\n", stderr.String())
		})
	}
}

func TestUnreachableDatabaseEndsTheStart(t *testing.T) {
	t.Parallel()
	args := []string{"-listen", "127.0.0.1:0", "-ui-listen", "", "-database-url", "postgres://u@127.0.0.1:1"}
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitError, run(t.Context(), args, environ(nil), &stdout, &stderr))
	require.Contains(t, stderr.String(), "preparing the databases: database temporal: ")
	require.Empty(t, stdout.String())
}

func TestReservedPorts(t *testing.T) {
	t.Parallel()
	p, err := reservePorts(settings{listen: netip.MustParseAddrPort("127.0.0.1:0")})
	require.NoError(t, err)
	defer p.release()
	require.False(t, p.ui.IsValid())

	_, err = net.Listen("tcp", p.frontend.String())
	require.Error(t, err, "held")
	p.free(p.frontend)
	l, err := net.Listen("tcp", p.frontend.String())
	require.NoError(t, err, "given up")
	l.Close()
}

func TestDialable(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		"127.0.0.1:7233": "127.0.0.1:7233",
		"0.0.0.0:7233":   "127.0.0.1:7233",
		"[::]:7233":      "[::1]:7233",
		"10.0.0.7:7233":  "10.0.0.7:7233",
	} {
		require.Equal(t, want, dialable(netip.MustParseAddrPort(listen)))
	}
}
