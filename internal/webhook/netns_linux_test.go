package webhook_test

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/nettest"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// The kernel is the witness that nothing is sent to a forbidden address. It is
// asked in a network namespace whose only interface is loopback and in which
// every address is this machine's: a broken guard would open connections there,
// which are counted, and none could leave.
func TestTheKernelSeesNoConnectionToForbiddenAddresses(t *testing.T) {
	t.Parallel()
	nettest.Alone(t, requireNothingIsSent)
}

func requireNothingIsSent(t *testing.T) {
	t.Helper()
	before := nettest.Sent(t)

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
	require.Equal(t, before, nettest.Sent(t))
	require.Empty(t, nettest.Sockets(t))

	// A redirect leads nowhere: one connection, to the endpoint itself.
	server := answering(t, say("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n"))
	requireRetry(t, post(t, newClient(webhook.Limits{}), "http://"+server.address), models.ErrorRedirectRefused)
	require.Equal(t, before.Opened+1, nettest.Sent(t).Opened)

	// The witness is awake: what the guard lets through is counted, refused as
	// it is by this machine, where nothing listens.
	requireRetry(t, post(t, production, "http://"+public+"/"), models.ErrorConnectionRefused)
	requireRetry(t, post(t, production, "http://["+public6+"]/"), models.ErrorConnectionRefused)
	require.Equal(t, before.Opened+3, nettest.Sent(t).Opened)
}
