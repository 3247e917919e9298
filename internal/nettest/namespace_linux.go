package nettest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// inNamespace is set for the copy of the test binary that runs in a namespace of
// its own.
const inNamespace = "LEADRAIL_TEST_IN_NAMESPACE"

// Alone runs the check in a namespace: it starts the test binary again, for the
// calling test alone, and fails when that fails. The test is skipped where the
// user may not make a namespace.
func Alone(t *testing.T, check func(t *testing.T)) {
	t.Helper()
	if os.Getenv(inNamespace) != "" {
		setUp(t)
		check(t)
		return
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), inNamespace+"=1")
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		command.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		command.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	}
	output, err := command.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) {
		t.Skipf("this user may not make a network namespace: %v", err)
	}
	require.NoError(t, err, "%s", output)
	require.Contains(t, string(output), "--- PASS: "+t.Name())
}

// setUp brings loopback up and makes every address this machine's.
func setUp(t *testing.T) {
	t.Helper()
	for _, line := range []string{"link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"} {
		output, err := exec.CommandContext(t.Context(), "ip", strings.Fields(line)...).CombinedOutput()
		require.NoError(t, err, "ip %s: %s", line, output)
	}
}

// Traffic is what the namespace's kernel counted: connections opened, IPv6
// included, and UDP datagrams sent, which look-ups would be.
type Traffic struct{ Opened, Datagrams int }

// Sent reads the counters of the kernel.
func Sent(t *testing.T) Traffic {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/net/snmp")
	require.NoError(t, err)
	raw6, err := os.ReadFile("/proc/self/net/snmp6")
	require.NoError(t, err)
	return Traffic{
		Opened:    counter(t, raw, "Tcp:", "ActiveOpens"),
		Datagrams: counter(t, raw, "Udp:", "OutDatagrams") + counter6(t, raw6, "Udp6OutDatagrams"),
	}
}

// counter reads a value of /proc/net/snmp, where a line of names comes before
// the line of values.
func counter(t *testing.T, raw []byte, protocol, name string) int {
	t.Helper()
	var names []string
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if fields[0] != protocol {
			continue
		}
		if names == nil {
			names = fields
			continue
		}
		for i := range names {
			if names[i] == name {
				return number(t, fields[i])
			}
		}
	}
	require.Fail(t, "no counter "+name)
	return 0
}

// counter6 reads a value of /proc/net/snmp6, a name and a value per line.
func counter6(t *testing.T, raw []byte, name string) int {
	t.Helper()
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Fields(line); fields[0] == name {
			return number(t, fields[1])
		}
	}
	require.Fail(t, "no counter "+name)
	return 0
}

func number(t *testing.T, text string) int {
	t.Helper()
	var n int
	_, err := fmt.Sscan(text, &n)
	require.NoError(t, err)
	return n
}

// Sockets returns the kernel's rows of TCP sockets, without their titles.
func Sockets(t *testing.T) []byte {
	t.Helper()
	var rows []byte
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		raw, err := os.ReadFile(table)
		require.NoError(t, err)
		_, after, _ := bytes.Cut(raw, []byte("\n"))
		rows = append(rows, after...)
	}
	return rows
}
