package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"leadrail/models"
)

// maxAddresses is how many addresses of a host are tried in one attempt. All
// of them are judged; a host with a thousand records is no port scanner.
const maxAddresses = 8

// Resolver looks a host up; *net.Resolver is one. An answer may hold
// IPv4-mapped addresses, as net.Resolver documents.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// DialFunc opens a connection to an IP address and port, like
// net.Dialer.DialContext.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// guardedDial is the DialFunc of production: the socket itself asks guard
// about the final address.
func guardedDial(guard *Guard) DialFunc {
	return (&net.Dialer{ControlContext: guard.ControlContext}).DialContext
}

// connect resolves the host of target, judges every address, opens a
// connection to one of them and, for https, shakes hands. It notes in response
// how far it came and how long each step took, also when it fails.
func (c *Client) connect(ctx context.Context, target *url.URL, response *Response) (net.Conn, error) {
	start := time.Now()
	addresses, err := c.resolve(ctx, target)
	response.Phases.DNS = time.Since(start)
	if err != nil {
		return nil, err
	}
	start = time.Now()
	conn, address, err := c.dialAny(ctx, addresses, portOf(target))
	response.Phases.Connect = time.Since(start)
	response.Address = address
	if err != nil || target.Scheme == "http" {
		return conn, err
	}
	start = time.Now()
	conn, err = c.handshake(ctx, conn, target.Hostname())
	response.Phases.TLS = time.Since(start)
	return conn, err
}

// resolve returns the addresses of the target's host, all of which passed the guard. One
// forbidden address refuses the whole host: an attacker who controls the name
// also controls the order.
func (c *Client) resolve(ctx context.Context, target *url.URL) ([]netip.Addr, error) {
	found, err := c.lookup(ctx, target.Hostname())
	if err != nil {
		return nil, err
	}
	addresses := make([]netip.Addr, 0, len(found))
	for _, address := range found {
		address = address.Unmap()
		if err := c.guard.CheckEndpoint(netip.AddrPortFrom(address, portOf(target))); err != nil {
			return nil, err
		}
		addresses = append(addresses, address)
	}
	return addresses, nil
}

// lookup asks the resolver, unless host is an IP literal. Its errors are
// *net.DNSError, whatever the resolver returned.
func (c *Client) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if literal, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{literal}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.limits.DNS)
	defer cancel()
	addresses, err := c.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		if dns, ok := errors.AsType[*net.DNSError](err); ok {
			return nil, dns
		}
		return nil, &net.DNSError{UnwrapErr: err, Err: err.Error(), Name: host, IsTimeout: ctx.Err() != nil}
	}
	if len(addresses) == 0 {
		return nil, &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return addresses, nil
}

// dialAny tries the addresses in order and gives each an equal share of what
// is left of the connect limit. The error is that of the first address.
func (c *Client) dialAny(ctx context.Context, addresses []netip.Addr, port uint16) (net.Conn, netip.AddrPort, error) {
	addresses = addresses[:min(len(addresses), maxAddresses)]
	deadline := time.Now().Add(c.limits.Connect)
	var first error
	for i, address := range addresses {
		share := time.Until(deadline) / time.Duration(len(addresses)-i)
		target := netip.AddrPortFrom(address, port)
		conn, err := c.dialOne(ctx, target, share)
		if err == nil {
			return conn, target, nil
		}
		if first == nil {
			first = err
		}
		if _, refused := errors.AsType[*models.Error](err); refused || ctx.Err() != nil {
			return nil, netip.AddrPort{}, err
		}
	}
	return nil, netip.AddrPort{}, first
}

func (c *Client) dialOne(ctx context.Context, target netip.AddrPort, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := c.dial(ctx, "tcp", target.String())
	if err != nil {
		return nil, &dialError{err}
	}
	return conn, nil
}

// handshake wraps conn in TLS, and closes it when that fails. There is no way
// to skip the verification of the certificate.
func (c *Client) handshake(ctx context.Context, conn net.Conn, host string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limits.TLS)
	defer cancel()
	secured := tls.Client(conn, &tls.Config{
		ServerName: host,
		RootCAs:    c.rootCAs,
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
	})
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, &handshakeError{err}
	}
	return secured, nil
}

// portOf returns the port that target names or implies. CheckURL has made sure
// that it is a number.
func portOf(target *url.URL) uint16 {
	if port, err := strconv.ParseUint(target.Port(), 10, 16); err == nil {
		return uint16(port)
	}
	if target.Scheme == "https" {
		return 443
	}
	return 80
}
