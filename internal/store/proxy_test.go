package store_test

import (
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy stands between a store and its database, and can be cut.
type proxy struct {
	target string
	silent atomic.Bool

	mu    sync.Mutex
	away  bool
	conns []net.Conn
}

// newProxy puts a proxy before a database and returns the URL through it.
func newProxy(t *testing.T, databaseURL string) (*proxy, string) {
	t.Helper()
	address, err := url.Parse(databaseURL)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{target: address.Host}
	var all sync.WaitGroup
	all.Go(func() { p.serve(listener, &all) })
	t.Cleanup(func() {
		listener.Close()
		p.cut()
		all.Wait()
	})
	address.Host = listener.Addr().String()
	return p, address.String()
}

func (p *proxy) serve(listener net.Listener, all *sync.WaitGroup) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil || !p.admit(client, server) {
			client.Close()
			continue
		}
		all.Go(func() { p.pass(client, server) })
		all.Go(func() { p.pass(server, client) })
	}
}

// admit reports whether the database can be reached now.
func (p *proxy) admit(client, server net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.away {
		server.Close()
		return false
	}
	p.conns = append(p.conns, client, server)
	return true
}

func (p *proxy) pass(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if p.silent.Load() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// cut ends all connections and lets no new ones through.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = true
	for _, conn := range p.conns {
		conn.Close()
	}
	p.conns = nil
}

// restore lets new connections through.
func (p *proxy) restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = false
}
