package webhook_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// Two public addresses. Tests give them to a dial hook only.
const (
	public  = "93.184.216.34"
	public6 = "2606:4700:4700::1111"
)

func TestForbiddenHostsAreNeverDialled(t *testing.T) {
	t.Parallel()
	for _, host := range refusedHosts() {
		hook := &recorder{}
		asked := &answers{list: [][]string{{public}}}
		client := webhook.NewClient(webhook.Options{Resolver: asked, Dial: hook.dial})
		requireGivenUp(t, post(t, client, "http://"+host+"/"))
		require.Empty(t, hook.dialed, host)
		require.Zero(t, asked.asked, host)
	}
}

func TestNamesOfForbiddenAddressesAreNeverDialled(t *testing.T) {
	t.Parallel()
	for _, address := range forbidden() {
		if address == "::ffff:8.8.8.8" {
			continue // resolvers write IPv4 answers so
		}
		for _, list := range [][]string{{address}, {public, address}, {address, public}, {public, public6, public, address}} {
			hook := &recorder{}
			client := webhook.NewClient(webhook.Options{Resolver: &answers{list: [][]string{list}}, Dial: hook.dial})
			requireGivenUp(t, post(t, client, "https://example.com/"))
			require.Empty(t, hook.dialed, "%v", list)
		}
	}
}

func TestMetadataIsRefusedWhateverIsAllowed(t *testing.T) {
	t.Parallel()
	hook := &recorder{}
	client := webhook.NewClient(webhook.Options{
		Guard: webhook.NewGuard(prefixes("0.0.0.0/0 ::/0")...), Dial: hook.dial,
		Resolver: &answers{list: [][]string{{"169.254.169.254"}, {public, "::ffff:169.254.169.254"}, {"64:ff9b::a9fe:a9fe"}}},
	})
	for range 3 {
		requireGivenUp(t, post(t, client, "http://metadata.example.com/"))
	}
	require.Empty(t, hook.dialed)
}

// The name answers with a public address when judged, and would answer with
// loopback if it were asked again to dial.
func TestRebinding(t *testing.T) {
	t.Parallel()
	hook := &recorder{}
	asked := &answers{list: [][]string{{public}, {"127.0.0.1"}}}
	client := webhook.NewClient(webhook.Options{Resolver: asked, Dial: hook.dial})

	requireRetry(t, post(t, client, "http://example.com:8080/"), models.ErrorConnectionRefused)
	require.Equal(t, []string{public + ":8080"}, hook.dialed)
	require.Equal(t, 1, asked.asked)

	requireGivenUp(t, post(t, client, "http://example.com:8080/"))
	require.Len(t, hook.dialed, 1)
}

func TestDialsTheCheckedAddressesInOrder(t *testing.T) {
	t.Parallel()
	hook := &recorder{}
	client := webhook.NewClient(webhook.Options{
		Dial: hook.dial, Resolver: &answers{list: [][]string{{public6, "::ffff:1.1.1.1", public}}},
	})
	requireRetry(t, post(t, client, "https://example.com/"), models.ErrorConnectionRefused)
	require.Equal(t, []string{"[" + public6 + "]:443", "1.1.1.1:443", public + ":443"}, hook.dialed)
}

func TestDialsFewOfManyAddresses(t *testing.T) {
	t.Parallel()
	hook := &recorder{}
	many := strings.Fields(strings.Repeat(public+" ", 1000))
	client := webhook.NewClient(webhook.Options{Dial: hook.dial, Resolver: &answers{list: [][]string{many}}})
	requireRetry(t, post(t, client, "http://example.com/"), models.ErrorConnectionRefused)
	require.Len(t, hook.dialed, 8)
}

// The first address swallows the connection; the next is reached all the same.
func TestFallsBackToTheNextAddress(t *testing.T) {
	t.Parallel()
	server := answering(t, say(okEmpty))
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == public+":80" {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return (&net.Dialer{}).DialContext(ctx, network, server.address)
	}
	client := webhook.NewClient(webhook.Options{
		Dial: dial, Resolver: &answers{list: [][]string{{public, "1.1.1.1"}}}, Limits: webhook.Limits{Connect: 400 * time.Millisecond},
	})
	response := post(t, client, "http://example.com/")
	require.True(t, response.Verdict.Delivered(), response.Verdict.Message)
	require.Equal(t, "1.1.1.1:80", response.Address.String())
	require.GreaterOrEqual(t, response.Phases.Connect, 200*time.Millisecond)
}

func TestConnectLimitHoldsForAllAddresses(t *testing.T) {
	t.Parallel()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	client := webhook.NewClient(webhook.Options{
		Dial: dial, Resolver: &answers{list: [][]string{{public, public6, "1.1.1.1"}}}, Limits: webhook.Limits{Connect: 150 * time.Millisecond},
	})
	response := post(t, client, "http://example.com/")
	requireRetry(t, response, models.ErrorTimeout)
	require.Equal(t, "No connection to the endpoint was opened in time.", response.Verdict.Message)
	require.False(t, response.Address.IsValid())
}

func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	requireRetry(t, post(t, newClient(webhook.Limits{}), "http://"+address), models.ErrorConnectionRefused)
}

func TestResolverFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]resolverFunc{
		"no such host": func(context.Context) ([]netip.Addr, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "example.com", IsNotFound: true}
		},
		"untyped error": func(context.Context) ([]netip.Addr, error) { return nil, errors.New(marker) },
		"no addresses":  func(context.Context) ([]netip.Addr, error) { return nil, nil },
		"never answers": func(ctx context.Context) ([]netip.Addr, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
	}
	for name, resolver := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hook := &recorder{}
			client := webhook.NewClient(webhook.Options{Resolver: resolver, Dial: hook.dial, Limits: webhook.Limits{DNS: 50 * time.Millisecond}})
			requireRetry(t, post(t, client, "https://example.com/"), models.ErrorDNS)
			require.Empty(t, hook.dialed)
		})
	}
}

// Nothing is remembered between attempts, a failure no more than an address.
func TestANameThatAppearsIsDialled(t *testing.T) {
	t.Parallel()
	hook := &recorder{}
	client := webhook.NewClient(webhook.Options{Dial: hook.dial, Resolver: &answers{list: [][]string{{}, {public}, {"10.0.0.1"}}}})
	requireRetry(t, post(t, client, "http://example.com/"), models.ErrorDNS)
	requireRetry(t, post(t, client, "http://example.com/"), models.ErrorConnectionRefused)
	requireGivenUp(t, post(t, client, "http://example.com/"))
	require.Equal(t, []string{public + ":80"}, hook.dialed)
}

func TestCallerCancelsDuringLookup(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	resolver := resolverFunc(func(ctx context.Context) ([]netip.Addr, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	})
	client := webhook.NewClient(webhook.Options{Resolver: resolver, Dial: (&recorder{}).dial})
	requireRetry(t, client.Post(ctx, webhook.Request{URL: "https://example.com/"}), models.ErrorCancelled)
}

func TestSocketRefusalGivesUp(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard()
	dialed := 0
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		dialed++
		return nil, &net.OpError{Op: "dial", Err: guard.ControlContext(ctx, network, "127.0.0.1:80", nil)}
	}
	client := webhook.NewClient(webhook.Options{Dial: dial, Resolver: &answers{list: [][]string{{public, public6}}}})
	requireGivenUp(t, post(t, client, "http://example.com/"))
	require.Equal(t, 1, dialed)
}

// Not parallel: it changes the environment.
func TestProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://1.1.1.1:3128")
	}
	hook := &recorder{}
	client := webhook.NewClient(webhook.Options{Dial: hook.dial, Resolver: &answers{list: [][]string{{public}}}})
	requireRetry(t, post(t, client, "http://example.com/"), models.ErrorConnectionRefused)
	require.Equal(t, []string{public + ":80"}, hook.dialed)
}

func requireGivenUp(t *testing.T, response webhook.Response) {
	t.Helper()
	requireVerdict(t, response.Verdict)
	require.Equal(t, models.OutcomeGiveUp, response.Verdict.Outcome, response.Verdict.Message)
	require.Equal(t, models.ErrorAddressRefused, response.Verdict.Code)
	require.False(t, response.Address.IsValid())
}
