package e2e_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy is a network that can be cut: TCP connections through it break, and new
// ones are closed at once until it is restored.
type proxy struct {
	address string
	target  string

	mu    sync.Mutex
	isCut bool
	conns []net.Conn
}

// newProxy puts a proxy before an address.
func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{address: listener.Addr().String(), target: target}
	var serving sync.WaitGroup
	serving.Go(func() { p.serve(listener, &serving) })
	t.Cleanup(func() {
		listener.Close()
		p.cut()
		serving.Wait()
	})
	return p
}

func (p *proxy) serve(listener net.Listener, serving *sync.WaitGroup) {
	for {
		caller, err := listener.Accept()
		if err != nil {
			return
		}
		called, err := net.Dial("tcp", p.target)
		if err != nil {
			caller.Close()
			continue
		}
		if !p.admit(caller, called) {
			continue
		}
		serving.Go(func() { pass(caller, called) })
		serving.Go(func() { pass(called, caller) })
	}
}

// admit keeps the ends of a connection for a later cut, and closes them where
// there is one now.
func (p *proxy) admit(ends ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isCut {
		closeAll(ends)
		return false
	}
	p.conns = append(p.conns, ends...)
	return true
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isCut = true
	closeAll(p.conns)
	p.conns = nil
}

func (p *proxy) restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isCut = false
}

func pass(from, to net.Conn) {
	io.Copy(to, from) // an error means that one end is closed
	closeAll([]net.Conn{from, to})
}

func closeAll(conns []net.Conn) {
	for _, conn := range conns {
		conn.Close()
	}
}
