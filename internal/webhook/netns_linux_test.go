package webhook_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// inNamespace is set for the copy of the test binary that runs in a network
// namespace of its own.
const inNamespace = "LEADRAIL_TEST_IN_NAMESPACE"

// The kernel is the witness that nothing is sent to a forbidden address. It is
// asked in a network namespace whose only interface is loopback and in which
// every address is this machine's: a broken guard would open connections there,
// which are counted, and none could leave.
func TestTheKernelSeesNoConnectionToForbiddenAddresses(t *testing.T) {
	t.Parallel()
	if os.Getenv(inNamespace) != "" {
		requireNothingIsSent(t)
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

func requireNothingIsSent(t *testing.T) {
	t.Helper()
	for _, line := range []string{"link set lo up", "route add local 0.0.0.0/0 dev lo", "-6 route add local ::/0 dev lo"} {
		output, err := exec.CommandContext(t.Context(), "ip", strings.Fields(line)...).CombinedOutput()
		require.NoError(t, err, "ip %s: %s", line, output)
	}
	before := sent(t)

	production := webhook.NewClient(webhook.Options{})
	for _, host := range refusedHosts() {
		requireGivenUp(t, post(t, production, "http://"+host+"/"))
	}
	dial := webhook.GuardedDial(webhook.NewGuard())
	for _, address := range forbidden() {
		if address == "::ffff:8.8.8.8" {
			continue // so resolvers write IPv4 answers, and sockets take them
		}
		named := webhook.NewClient(webhook.Options{Resolver: &answers{list: [][]string{{public, address}}}})
		requireGivenUp(t, post(t, named, "http://example.com/"))
		_, err := dial(t.Context(), "tcp", net.JoinHostPort(address, "80"))
		requireRefusal(t, err, webhook.ReasonAddress)
	}
	require.Equal(t, before, sent(t))
	require.Empty(t, sockets(t))

	// A redirect leads nowhere: one connection, to the endpoint itself.
	server := answering(t, say("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n"))
	requireRetry(t, post(t, newClient(webhook.Limits{}), "http://"+server.address), models.ErrorRedirectRefused)
	require.Equal(t, before.opened+1, sent(t).opened)

	// The witness is awake: what the guard lets through is counted, refused as
	// it is by this machine, where nothing listens.
	requireRetry(t, post(t, production, "http://"+public+"/"), models.ErrorConnectionRefused)
	requireRetry(t, post(t, production, "http://["+public6+"]/"), models.ErrorConnectionRefused)
	require.Equal(t, before.opened+3, sent(t).opened)
}

// traffic is what the namespace's kernel counted: connections opened, IPv6
// included, and UDP datagrams sent, which look-ups would be.
type traffic struct{ opened, datagrams int }

func sent(t *testing.T) traffic {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/net/snmp")
	require.NoError(t, err)
	raw6, err := os.ReadFile("/proc/self/net/snmp6")
	require.NoError(t, err)
	return traffic{
		opened:    counter(t, raw, "Tcp:", "ActiveOpens"),
		datagrams: counter(t, raw, "Udp:", "OutDatagrams") + counter6(t, raw6, "Udp6OutDatagrams"),
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

// sockets returns the kernel's rows of TCP sockets, without their titles.
func sockets(t *testing.T) []byte {
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
