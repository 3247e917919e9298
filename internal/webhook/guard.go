package webhook

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"leadrail/models"
)

// Reasons of the *models.Error that the guard returns.
const (
	// ReasonAddress: the host is, or resolves to, an address that is refused.
	ReasonAddress = "address_refused"
	// ReasonURL: the text cannot be used as an endpoint at all.
	ReasonURL = "invalid_url"
	// ReasonHeaders: a custom header cannot be sent.
	ReasonHeaders = "invalid_headers"
)

// Guard decides whether an address may be dialled. Public unicast addresses
// may; every special-purpose range of the IANA registries may not, nor may an
// IPv6 address that only wraps an IPv4 one. A Guard is immutable and safe for
// concurrent use.
type Guard struct {
	allow   []netip.Prefix
	special []addressRange
	never   []addressRange
	places  []ipv4Place
	// unicast is the only part of IPv6 given out to networks.
	unicast netip.Prefix
	// own is one endpoint that may be dialled whatever its address.
	own netip.AddrPort
}

// NewGuard makes a Guard. The allow-list opens ranges that are refused
// otherwise, for example 127.0.0.0/8 on a developer's machine; it never opens
// link-local addresses or the metadata services of clouds, which hand out
// credentials. An address that embeds an IPv4 one (NAT64, 6to4, Teredo …)
// passes only if both the outer and the embedded address do.
func NewGuard(allow ...netip.Prefix) *Guard {
	return &Guard{
		allow:   slices.Clone(allow),
		special: specialRanges(),
		never:   neverRanges(),
		places:  ipv4Places(),
		unicast: netip.MustParsePrefix("2000::/3"), // RFC 4291 section 2.4, IANA IPv6 Address Space registry
	}
}

// WithEndpoint returns a Guard that lets one more endpoint through, exactly that
// address and port: a service of ours on this machine.
func (g *Guard) WithEndpoint(own netip.AddrPort) *Guard {
	opened := *g
	opened.own = own
	return &opened
}

// CheckEndpoint is Check for an address and port.
func (g *Guard) CheckEndpoint(target netip.AddrPort) error {
	if target == g.own {
		return nil
	}
	return g.Check(target.Addr())
}

// Check returns nil when addr may be dialled, otherwise a *models.Error with
// ReasonAddress. The text names the kind of address and never the address, so
// that it can be recorded anywhere.
func (g *Guard) Check(addr netip.Addr) error {
	if !addr.IsValid() || addr.Zone() != "" {
		return refuseAlways("an address with a zone or none at all")
	}
	forms := append(embedded(g.places, addr), addr)
	for _, form := range forms {
		if kind := kindOf(g.never, form); kind != "" {
			return refuseAlways(kind)
		}
	}
	for _, form := range forms {
		if kind := g.refused(form); kind != "" {
			return refuse(kind)
		}
	}
	return nil
}

// ControlContext fits net.Dialer.ControlContext: it judges the address that
// the socket is about to connect to, whatever was decided before.
func (g *Guard) ControlContext(_ context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuseAlways("not an IP address")
	}
	return g.CheckEndpoint(target)
}

// refused returns the kind of a special-purpose address that is not on the
// allow-list, "" for any other.
func (g *Guard) refused(addr netip.Addr) string {
	for _, prefix := range g.allow {
		if prefix.Contains(addr) {
			return ""
		}
	}
	if kind := kindOf(g.special, addr); kind != "" {
		return kind
	}
	if addr.Is6() && !g.unicast.Contains(addr) {
		return "an address outside the global unicast range"
	}
	return ""
}

func refuse(kind string) *models.Error {
	return &models.Error{
		Code:   models.CodeInvalid,
		Reason: ReasonAddress,
		Message: fmt.Sprintf("The host is or resolves to %s, which is refused"+
			" unless an operator lists its range in LEADRAIL_ALLOW_CIDRS.", kind),
	}
}

func refuseAlways(kind string) *models.Error {
	return &models.Error{
		Code:    models.CodeInvalid,
		Reason:  ReasonAddress,
		Message: fmt.Sprintf("The host is or resolves to %s, which is always refused.", kind),
	}
}
