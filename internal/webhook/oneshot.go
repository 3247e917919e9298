package webhook

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// errTaken: the transport asked for a second connection. It has no reason to.
var errTaken = errors.New("the connection of this attempt was already used")

// oneShot is a connection that a transport can take once. Nothing is read from
// it before something was written: an endpoint that speaks or hangs up first
// would otherwise race with the request and leave the transport without a
// typed error.
type oneShot struct {
	net.Conn
	opened time.Time
	taken  atomic.Bool
	waited atomic.Int64
	once   sync.Once
	ready  chan struct{}
}

func newOneShot(conn net.Conn) *oneShot {
	return &oneShot{Conn: conn, opened: time.Now(), ready: make(chan struct{})}
}

// take is the dial function of the transport.
func (o *oneShot) take(context.Context, string, string) (net.Conn, error) {
	if o.taken.Swap(true) {
		return nil, errTaken
	}
	return o, nil
}

// firstByte returns how long the answer took to begin, 0 if it never did.
func (o *oneShot) firstByte() time.Duration { return time.Duration(o.waited.Load()) }

func (o *oneShot) Read(p []byte) (int, error) {
	<-o.ready
	n, err := o.Conn.Read(p)
	if n > 0 {
		o.waited.CompareAndSwap(0, int64(time.Since(o.opened)))
	}
	return n, err
}

// Write takes for written what an endpoint that hung up does not take: it may
// have answered before it had read all, and the transport would give the error
// instead of the answer. Where there is none, Read says so.
func (o *oneShot) Write(p []byte) (int, error) {
	o.release()
	n, err := o.Conn.Write(p)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		return len(p), nil
	}
	return n, err
}

func (o *oneShot) Close() error {
	o.release()
	return o.Conn.Close()
}

func (o *oneShot) release() { o.once.Do(func() { close(o.ready) }) }
