package webhook_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// bound is far above the limits the tests inject and far below the defaults:
// an attempt that takes longer has lost one of its limits.
const bound = 4 * time.Second

// marker stands in every query and in hostile answers; no verdict may repeat it.
const marker = "s3cr3t"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// endpoint is a TCP server on loopback that plays a script to each connection.
type endpoint struct {
	address  string
	requests atomic.Int64
}

// accept serves every connection with script, which owns it until it returns.
func accept(t *testing.T, script func(*endpoint, net.Conn)) *endpoint {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	e := &endpoint{address: listener.Addr().String()}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
				defer conn.Close()
				script(e, conn)
			})
		}
	})
	t.Cleanup(func() {
		stop()
		_ = listener.Close()
		running.Wait()
	})
	return e
}

// answering reads one request, counts it and plays script.
func answering(t *testing.T, script func(net.Conn)) *endpoint {
	t.Helper()
	return accept(t, func(e *endpoint, conn net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, request.Body); err != nil {
			return
		}
		e.requests.Add(1)
		script(conn)
	})
}

// say answers with text and hangs up.
func say(text string) func(net.Conn) {
	return func(conn net.Conn) { _, _ = io.WriteString(conn, text) }
}

// drip sends text, then one byte of filler at a time until the client is gone.
func drip(text, filler string) func(net.Conn) {
	return func(conn net.Conn) {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		_, err := io.WriteString(conn, text)
		for i := 0; err == nil; i++ {
			<-tick.C
			_, err = conn.Write([]byte{filler[i%len(filler)]})
		}
	}
}

// flood sends text, then filler as fast as it goes until the client is gone.
func flood(text, filler string) func(net.Conn) {
	chunk := []byte(strings.Repeat(filler, 1+4096/len(filler)))
	return func(conn net.Conn) {
		_, err := io.WriteString(conn, text)
		for err == nil {
			_, err = conn.Write(chunk)
		}
	}
}

// hold says text and keeps the connection open until the client is gone.
func hold(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, text)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// reset says text and resets the connection instead of closing it.
func reset(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, text)
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
}

// loopback opens this machine to the client under test.
func loopback() *webhook.Guard {
	return webhook.NewGuard(netip.MustParsePrefix("127.0.0.0/8"))
}

func newClient(limits webhook.Limits) *webhook.Client {
	return webhook.NewClient(webhook.Options{Guard: loopback(), Limits: limits})
}

// hasty gives up fast, for endpoints that never finish.
func hasty() *webhook.Client {
	return newClient(webhook.Limits{Total: 300 * time.Millisecond})
}

// post makes an attempt with what every test expects of it: bounded time, and
// nothing confidential in the verdict.
func post(t *testing.T, client *webhook.Client, url string) webhook.Response {
	t.Helper()
	return send(t, client, webhook.Request{URL: url + "?token=" + marker})
}

func send(t *testing.T, client *webhook.Client, request webhook.Request) webhook.Response {
	t.Helper()
	request.ID, request.Keys = "dlv_1", aKey()
	if request.Body == nil {
		request.Body = []byte(`{"submissionId":"sub_1"}`)
	}
	response := client.Post(t.Context(), request)
	require.Less(t, response.Duration, bound)
	requireVerdict(t, response.Verdict)
	return response
}

// requireVerdict checks what holds for every verdict.
func requireVerdict(t *testing.T, v models.Verdict) {
	t.Helper()
	require.NotContains(t, v.Message, marker)
	require.Equal(t, v.Delivered(), v.Code == "", "a code unless delivered: %+v", v)
	require.Equal(t, v.Delivered(), v.Message == "", "a message unless delivered: %+v", v)
	if !v.Delivered() {
		require.True(t, strings.HasSuffix(v.Message, "."), v.Message)
		require.Equal(t, 0, strings.Count(v.Message, ". "), "one sentence: %s", v.Message)
	}
}

// answers is a Resolver that gives the next of its answers to each question,
// the last one for ever.
type answers struct {
	mu    sync.Mutex
	asked int
	list  [][]string
}

func (a *answers) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	texts := a.list[min(a.asked, len(a.list)-1)]
	a.asked++
	addresses := make([]netip.Addr, 0, len(texts))
	for _, text := range texts {
		addresses = append(addresses, netip.MustParseAddr(text))
	}
	return addresses, nil
}

// resolverFunc is a Resolver made of a function.
type resolverFunc func(ctx context.Context) ([]netip.Addr, error)

func (f resolverFunc) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	return f(ctx)
}

// errNoDial is what a recorder answers.
var errNoDial = errors.New("no connection is opened in this test")

// recorder is a dial hook that notes where it was sent and goes nowhere.
type recorder struct {
	mu     sync.Mutex
	dialed []string
}

func (r *recorder) dial(_ context.Context, _, address string) (net.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dialed = append(r.dialed, address)
	return nil, errNoDial
}

// tracker dials for real and notes whether the connection was closed again.
type tracker struct{ opened, closed atomic.Int64 }

func (d *tracker) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.opened.Add(1)
	return &trackedConn{Conn: conn, closing: sync.OnceFunc(func() { d.closed.Add(1) })}, nil
}

type trackedConn struct {
	net.Conn

	closing func()
}

func (c *trackedConn) Close() error {
	c.closing()
	return c.Conn.Close()
}

// requireClosed wants one connection, closed by the time the attempt returned.
func (d *tracker) requireClosed(t *testing.T) {
	t.Helper()
	require.EqualValues(t, 1, d.opened.Load())
	require.EqualValues(t, 1, d.closed.Load())
}
