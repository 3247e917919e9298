package webhook_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// forbidden lists one address, or both ends, of every range that must not be
// dialled.
func forbidden() []string {
	return strings.Fields(`
		0.0.0.0 0.255.255.255 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255
		127.0.0.1 127.255.255.255 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255
		192.0.0.1 192.0.0.170 192.0.0.255 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
		192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1
		203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.254 255.255.255.255
		:: ::1 ::2 ::7f00:1 ::a9fe:a9fe ::808:808
		::ffff:127.0.0.1 ::ffff:a9fe:a9fe ::ffff:8.8.8.8 ::ffff:0:7f00:1 ::ffff:0:808:808
		64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::7f00:1 64:ff9b:1:ffff::1
		100::1 100:0:0:1::1 1::1 200::1 400::1 1000::1 1fff:ffff::1
		2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1
		2001:db8::1 2002:a9fe:a9fe:: 2002:7f00:1::1 2002:808:808::1 2620:4f:8000::1
		3fff::1 3fff:fff::1 4000::1 5f00::1 8000::1 e000::1
		fc00::1 fd00:ec2::254 fdff::1 fe00::1 fe80::1 febf::1 fec0::1 feff::1 ff02::1 ff0e::1
		fe80::1%eth0 2606:4700:4700::1111%eth0`)
}

func TestGuardRefusesSpecialPurposeAddresses(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard()
	for _, text := range forbidden() {
		err := guard.Check(netip.MustParseAddr(text))
		require.Error(t, err, text)
		requireRefusal(t, err, webhook.ReasonAddress)
		require.NotContains(t, err.Error(), text+" ")
	}
	requireRefusal(t, guard.Check(netip.Addr{}), webhook.ReasonAddress)
}

func TestGuardAdmitsPublicAddresses(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard()
	for _, text := range strings.Fields(`1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0
		126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0
		192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 203.0.112.255 203.0.114.0 223.255.255.255
		2001:200::1 2001:4860:4860::8888 2001:db7::1 2001:db9::1 2003::1 2606:4700:4700::1111 2a00::1 3ffe::1`) {
		require.NoError(t, guard.Check(netip.MustParseAddr(text)), text)
	}
}

func TestGuardAllowList(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		allow   string
		address string
		open    bool
	}{
		"loopback opened":                      {"127.0.0.0/8", "127.0.0.1", true},
		"IPv6 loopback opened":                 {"::1/128", "::1", true},
		"one range opens no other":             {"127.0.0.0/8", "10.0.0.1", false},
		"IPv4 range opens no mapped form":      {"127.0.0.0/8", "::ffff:127.0.0.1", false},
		"mapped form needs both":               {"127.0.0.0/8 ::ffff:0:0/96", "::ffff:127.0.0.1", true},
		"NAT64 opened for public IPv4":         {"64:ff9b::/96", "64:ff9b::808:808", true},
		"NAT64 opened, private IPv4 inside":    {"64:ff9b::/96", "64:ff9b::a00:1", false},
		"local NAT64 opened, public inside":    {"64:ff9b:1::/48", "64:ff9b:1::808:808", true},
		"local NAT64 opened, private inside":   {"64:ff9b:1::/48", "64:ff9b:1::a00:1", false},
		"6to4 opened, private inside":          {"2002::/16", "2002:a00:1::1", false},
		"Teredo opened, private client inside": {"2001::/32", "2001:0:808:808::f5ff:fffe", false},
		"Teredo opened, public both":           {"2001::/32", "2001:0:808:808::f7f7:f7f7", true},
		"private IPv6 opened":                  {"fd12::/16", "fd12::1", true},
		"everything opened":                    {"0.0.0.0/0 ::/0", "192.168.1.1", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := webhook.NewGuard(prefixes(test.allow)...).Check(netip.MustParseAddr(test.address))
			require.Equal(t, test.open, err == nil, "%v", err)
		})
	}
}

func TestGuardNeverOpensMetadata(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard(prefixes("0.0.0.0/0 ::/0")...)
	for _, text := range strings.Fields(`169.254.169.254 169.254.170.2 169.254.170.23 169.254.0.23 169.254.42.42
		100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:42::42
		fe80::a9fe:a9fe fe80::1 fd00:c1::a9fe:a9fe 2606:4700:4700::1111%eth0
		::ffff:169.254.169.254 ::a9fe:a9fe ::ffff:0:a9fe:a9fe
		64:ff9b::a9fe:a9fe 64:ff9b::a83f:8110 2002:a9fe:a9fe::1 2002:6464:64c8::1
		2001:0:a9fe:a9fe::1 2001:0:808:808::5601:5601
		64:ff9b:1::a9fe:a9fe 64:ff9b:1:a9fe:a9:fe00:: 64:ff9b:1:a9:fe:a9fe:: 64:ff9b:1:0:a9:fea9:fe00:0`) {
		err := guard.Check(netip.MustParseAddr(text))
		require.Error(t, err, text)
		require.Contains(t, err.Error(), "always refused", text)
	}
}

func TestGuardNamesTheKindOfAddress(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard()
	for address, kind := range map[string]string{
		"0.0.0.1": "this network", "10.1.2.3": "a private address", "100.64.0.1": "carrier-grade", "127.0.0.1": "a loopback address",
		"169.254.1.1": "link-local", "224.0.0.1": "a multicast address", "255.255.255.255": "the broadcast address", "250.0.0.1": "a reserved address",
		"::": "the unspecified address", "::1": "a loopback address", "::808:808": "IPv4-compatible", "::ffff:808:808": "IPv4-mapped",
		"::ffff:0:808:808": "IPv4-translated", "64:ff9b::808:808": "a NAT64 address", "64:ff9b:1::808:808": "a local NAT64 address",
		"64:ff9b::a00:1": "a private address", "100::1": "discard-only", "100:0:0:1::1": "a dummy address",
		"2001:0:808:808::f7f7:f7f7": "a Teredo address", "2001:2::1": "a benchmarking address", "2001:30::1": "a protocol assignment",
		"2002:808:808::": "a 6to4 address", "5f00::1": "segment routing", "fd12::1": "a unique local address", "fe80::1": "link-local",
		"fec0::1": "a site-local address", "ff02::1": "a multicast address", "4000::1": "outside the global unicast range",
	} {
		require.ErrorContains(t, guard.Check(netip.MustParseAddr(address)), kind, address)
	}
}

func TestGuardSaysHowToOpen(t *testing.T) {
	t.Parallel()
	err := webhook.NewGuard().Check(netip.MustParseAddr("127.0.0.1"))
	require.EqualError(t, err, "The host is or resolves to a loopback address (RFC 1122), which is refused"+
		" unless an operator lists its range in LEADRAIL_ALLOW_CIDRS.")
}

func TestGuardJudgesTheSocket(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard()
	for address, open := range map[string]bool{
		"8.8.8.8:443": true, "[2606:4700:4700::1111]:443": true,
		"127.0.0.1:80": false, "[::1]:80": false, "[fe80::1%lo]:80": false, "example.com:80": false, "": false,
	} {
		err := guard.ControlContext(t.Context(), "tcp", address, nil)
		require.Equal(t, open, err == nil, "%s: %v", address, err)
	}
}

// The address dialled is this test's own listener, so a broken guard reaches
// nothing else.
func TestProductionDialAsksTheGuard(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 1)
	server := accept(t, func(*endpoint, net.Conn) { reached <- struct{}{} })
	dial := webhook.GuardedDial(webhook.NewGuard())

	_, err := dial(context.Background(), "tcp", server.address)

	requireRefusal(t, err, webhook.ReasonAddress)
	require.Empty(t, reached)
}

func prefixes(list string) []netip.Prefix {
	var parsed []netip.Prefix
	for _, text := range strings.Fields(list) {
		parsed = append(parsed, netip.MustParsePrefix(text))
	}
	return parsed
}

func requireRefusal(t *testing.T, err error, reason string) {
	t.Helper()
	var refusal *models.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, models.CodeInvalid, refusal.Code)
	require.Equal(t, reason, refusal.Reason)
}
