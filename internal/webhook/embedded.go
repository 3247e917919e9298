package webhook

import "net/netip"

// ipv4Place says where an IPv6 range carries an IPv4 address: the offsets of
// its four bytes, and whether they are stored inverted.
type ipv4Place struct {
	within   netip.Prefix
	bytes    [4]int
	inverted bool
	// padded: the range may carry the address elsewhere, or none at all, so
	// that a value starting with 0 is padding and says nothing.
	padded bool
}

// ipv4Places lists the transition forms that a router, a NAT64 gateway or the
// kernel turns back into IPv4.
func ipv4Places() []ipv4Place {
	localNAT64 := netip.MustParsePrefix("64:ff9b:1::/48")
	teredo := netip.MustParsePrefix("2001::/32")
	last := [4]int{12, 13, 14, 15}
	return []ipv4Place{
		{within: netip.MustParsePrefix("::/96"), bytes: last, padded: true},     // RFC 4291 section 2.5.5.1
		{within: netip.MustParsePrefix("::ffff:0:0/96"), bytes: last},           // RFC 4291 section 2.5.5.2
		{within: netip.MustParsePrefix("::ffff:0:0:0/96"), bytes: last},         // RFC 2765 section 2.1
		{within: netip.MustParsePrefix("64:ff9b::/96"), bytes: last},            // RFC 6052 section 2.1
		{within: netip.MustParsePrefix("2002::/16"), bytes: [4]int{2, 3, 4, 5}}, // RFC 3056 section 2
		{within: teredo, bytes: [4]int{4, 5, 6, 7}},                             // RFC 4380 section 4: server
		{within: teredo, bytes: last, inverted: true},                           // RFC 4380 section 4: client
		{within: localNAT64, bytes: [4]int{6, 7, 9, 10}, padded: true},          // RFC 6052 section 2.2: /48
		{within: localNAT64, bytes: [4]int{7, 9, 10, 11}, padded: true},         // RFC 6052 section 2.2: /56
		{within: localNAT64, bytes: [4]int{9, 10, 11, 12}, padded: true},        // RFC 6052 section 2.2: /64
		{within: localNAT64, bytes: last, padded: true},                         // RFC 6052 section 2.2: /96
	}
}

// embedded returns every IPv4 address that an IPv6 address may stand for,
// nothing for an IPv4 address.
func embedded(places []ipv4Place, addr netip.Addr) []netip.Addr {
	var found []netip.Addr
	raw := addr.As16()
	for _, place := range places {
		if !place.within.Contains(addr) {
			continue
		}
		inner := place.read(raw)
		if place.padded && inner[0] == 0 {
			continue
		}
		found = append(found, netip.AddrFrom4(inner))
	}
	return found
}

func (p ipv4Place) read(raw [16]byte) [4]byte {
	var inner [4]byte
	for i, at := range p.bytes {
		inner[i] = raw[at]
		if p.inverted {
			inner[i] = ^inner[i]
		}
	}
	return inner
}
