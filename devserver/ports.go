package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// ports are the addresses this process is going to serve. They are occupied
// from the start, so that a clash is reported before anything else happens:
// the Temporal server and the UI would end the process on their own.
type ports struct {
	frontend, history, matching, worker netip.AddrPort
	ui                                  netip.AddrPort // invalid without a UI

	held map[netip.AddrPort]net.Listener
}

// reservePorts occupies every port. The three services behind the frontend
// take free ones on loopback.
func reservePorts(set settings) (*ports, error) {
	p := &ports{held: map[netip.AddrPort]net.Listener{}}
	internal := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0)
	wanted := []struct {
		to   *netip.AddrPort
		addr netip.AddrPort
		flag string
	}{
		{&p.frontend, set.listen, "-listen"},
		{&p.ui, set.uiListen, "-ui-listen"},
		{&p.history, internal, "internal"},
		{&p.matching, internal, "internal"},
		{&p.worker, internal, "internal"},
	}
	for _, w := range wanted {
		if !w.addr.IsValid() {
			continue
		}
		addr, err := p.hold(w.addr)
		if err != nil {
			p.release()
			return nil, fmt.Errorf("%s (%s): %w", w.addr, w.flag, err)
		}
		*w.to = addr
	}
	return p, nil
}

func (p *ports) hold(addr netip.AddrPort) (netip.AddrPort, error) {
	l, err := net.Listen("tcp", addr.String())
	if errors.Is(err, syscall.EADDRINUSE) {
		return addr, errors.New("the address is already in use by another program")
	}
	if err != nil {
		return addr, err
	}
	bound, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		return addr, errors.Join(err, l.Close())
	}
	got := netip.AddrPortFrom(addr.Addr(), bound.Port())
	p.held[got] = l
	return got, nil
}

// free gives the named ports up for those who are about to bind them.
func (p *ports) free(addrs ...netip.AddrPort) {
	for _, a := range addrs {
		if l := p.held[a]; l != nil {
			l.Close()
			delete(p.held, a)
		}
	}
}

func (p *ports) release() {
	for a := range p.held {
		p.free(a)
	}
}

// dialable is the address to reach a listener at from this machine.
func dialable(a netip.AddrPort) string {
	switch {
	case !a.Addr().IsUnspecified():
		return a.String()
	case a.Addr().Is4():
		return net.JoinHostPort("127.0.0.1", portOf(a))
	default:
		return net.JoinHostPort("::1", portOf(a))
	}
}

func portOf(a netip.AddrPort) string { return strconv.Itoa(int(a.Port())) }
