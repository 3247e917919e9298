package webhook

import "net/netip"

// addressRange is a range that must not be dialled, with words for the person
// whose URL leads there.
type addressRange struct {
	prefix netip.Prefix
	kind   string
}

func inRange(cidr, kind string) addressRange {
	return addressRange{prefix: netip.MustParsePrefix(cidr), kind: kind}
}

func kindOf(ranges []addressRange, addr netip.Addr) string {
	for _, r := range ranges {
		if r.prefix.Contains(addr) {
			return r.kind
		}
	}
	return ""
}

// specialRanges lists the IANA IPv4 and IPv6 Special-Purpose Address
// Registries (RFC 6890), the entries marked globally reachable included since
// no endpoint lives there, plus multicast and the retired ranges; link-local
// stands in neverRanges. Narrow ranges come before wide ones so that the first
// match names them best. IPv6 outside 2000::/3 is refused anyway: its entries
// serve the wording.
func specialRanges() []addressRange {
	return append(specialIPv4(), specialIPv6()...)
}

func specialIPv4() []addressRange {
	return []addressRange{
		inRange("0.0.0.0/8", "an address of this network (RFC 791)"),
		inRange("10.0.0.0/8", "a private address (RFC 1918)"),
		inRange("100.64.0.0/10", "a carrier-grade NAT address (RFC 6598)"),
		inRange("127.0.0.0/8", "a loopback address (RFC 1122)"),
		inRange("172.16.0.0/12", "a private address (RFC 1918)"),
		inRange("192.0.0.0/24", "a protocol assignment (RFC 6890)"),
		inRange("192.0.2.0/24", "a documentation address (RFC 5737)"),
		inRange("192.31.196.0/24", "an AS112 address (RFC 7535)"),
		inRange("192.52.193.0/24", "an AMT address (RFC 7450)"),
		inRange("192.88.99.0/24", "a 6to4 relay address (RFC 7526)"),
		inRange("192.168.0.0/16", "a private address (RFC 1918)"),
		inRange("192.175.48.0/24", "an AS112 address (RFC 7534)"),
		inRange("198.18.0.0/15", "a benchmarking address (RFC 2544)"),
		inRange("198.51.100.0/24", "a documentation address (RFC 5737)"),
		inRange("203.0.113.0/24", "a documentation address (RFC 5737)"),
		inRange("224.0.0.0/4", "a multicast address (RFC 5771)"),
		inRange("255.255.255.255/32", "the broadcast address (RFC 919)"),
		inRange("240.0.0.0/4", "a reserved address (RFC 1112)"),
	}
}

func specialIPv6() []addressRange {
	return []addressRange{
		inRange("::/128", "the unspecified address (RFC 4291)"),
		inRange("::1/128", "a loopback address (RFC 4291)"),
		inRange("::/96", "an IPv4-compatible address (RFC 4291)"),
		inRange("::ffff:0:0/96", "an IPv4-mapped address (RFC 4291)"),
		inRange("::ffff:0:0:0/96", "an IPv4-translated address (RFC 2765)"),
		inRange("64:ff9b::/96", "a NAT64 address (RFC 6052)"),
		inRange("64:ff9b:1::/48", "a local NAT64 address (RFC 8215)"),
		inRange("100::/64", "a discard-only address (RFC 6666)"),
		inRange("100:0:0:1::/64", "a dummy address (RFC 9780)"),
		inRange("2001::/32", "a Teredo address (RFC 4380)"),
		inRange("2001:2::/48", "a benchmarking address (RFC 5180)"),
		inRange("2001::/23", "a protocol assignment (RFC 2928)"),
		inRange("2001:db8::/32", "a documentation address (RFC 3849)"),
		inRange("2002::/16", "a 6to4 address (RFC 3056)"),
		inRange("2620:4f:8000::/48", "an AS112 address (RFC 7534)"),
		inRange("3fff::/20", "a documentation address (RFC 9637)"),
		inRange("5f00::/16", "a segment routing identifier (RFC 9602)"),
		inRange("fc00::/7", "a unique local address (RFC 4193)"),
		inRange("fec0::/10", "a site-local address (RFC 3879)"),
		inRange("ff00::/8", "a multicast address (RFC 4291)"),
	}
}

// neverRanges lists what no allow-list opens: link-local ranges, in which
// clouds serve credentials, and the metadata addresses outside them, as the
// clouds' own manuals name them.
func neverRanges() []addressRange {
	const metadata = "a cloud metadata address"
	return []addressRange{
		inRange("169.254.0.0/16", "a link-local address, where clouds serve credentials"), // 169.254.169.254 and its kin
		inRange("fe80::/10", "a link-local address, where clouds serve credentials"),      // OpenStack: fe80::a9fe:a9fe
		inRange("100.100.100.200/32", metadata),                                           // Alibaba Cloud
		inRange("168.63.129.16/32", metadata),                                             // Azure
		inRange("192.0.0.192/32", metadata),                                               // Oracle Cloud
		inRange("fd00:ec2::/64", metadata),                                                // AWS: ::254, ::23, ::253, ::123
		inRange("fd20:ce::254/128", metadata),                                             // Google Cloud
		inRange("fd00:42::42/128", metadata),                                              // Scaleway
		inRange("fd00:c1::a9fe:a9fe/128", metadata),                                       // Oracle Cloud
	}
}
