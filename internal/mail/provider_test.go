package mail_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/internal/mail/mailtest"
	"leadrail/models"
)

const (
	apiKey = "SG.k3y.0f-the_tests"
	// bound is far above the limits the tests inject and far below the
	// defaults: an attempt that takes longer has lost one of its limits.
	bound = 4 * time.Second
	// enough is the most that may be read of an answer, whatever its size: 64
	// KiB of body, 32 KiB of headers and a buffer.
	enough = 100 << 10
)

// message has something personal in every place that has room for it.
func message() mail.Message {
	return mail.Message{
		ID:      "dlv_1",
		To:      []mail.Address{{Name: "Bob Secret", Email: "bob@example.com"}},
		ReplyTo: mail.Address{Name: "Ada Hidden", Email: "ada@example.com"},
		Content: mail.Content{Subject: "New lead: Private Matter", HTML: "<p>Private Matter</p>", Text: "Private Matter"},
		IDs:     map[string]string{"submissionId": "sub_1"},
	}
}

// provider is a TCP server on loopback that plays a script to each connection.
type provider struct {
	url      string
	requests atomic.Int64
}

// accept serves every connection with script, which owns it until it returns.
func accept(t *testing.T, script func(*provider, net.Conn)) *provider {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &provider{url: "http://" + listener.Addr().String()}
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
				script(p, conn)
			})
		}
	})
	t.Cleanup(func() {
		stop()
		_ = listener.Close()
		running.Wait()
	})
	return p
}

// answering reads one request, checks and counts it and plays script.
func answering(t *testing.T, script func(net.Conn)) *provider {
	t.Helper()
	checker, err := mailtest.NewChecker()
	require.NoError(t, err)
	return accept(t, func(p *provider, conn net.Conn) {
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		if err := checker.Check(body); err != nil {
			t.Errorf("request: %v", err)
		}
		p.requests.Add(1)
		script(conn)
	})
}

// say answers with text and hangs up.
func say(text string) func(net.Conn) {
	return func(conn net.Conn) { _, _ = io.WriteString(conn, text) }
}

// hold says text and keeps the connection open until the client is gone.
func hold(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, text)
		_, _ = io.Copy(io.Discard, conn)
	}
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

// reset says text and resets the connection instead of closing it.
func reset(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, text)
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
}

// meter dials and counts what is read.
type meter struct{ read, open atomic.Int64 }

func (m *meter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	m.open.Add(1)
	return &metered{Conn: conn, meter: m}, nil
}

type metered struct {
	net.Conn

	meter *meter
	once  sync.Once
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	m.meter.read.Add(int64(n))
	return n, err
}

func (m *metered) Close() error {
	m.once.Do(func() { m.meter.open.Add(-1) })
	return m.Conn.Close()
}

func options(url string) mail.Options {
	return mail.Options{
		APIKey: apiKey,
		Host:   url,
		From:   mail.Address{Name: "Leadrail", Email: "leads@example.com"},
		Dial:   new(meter).dial,
	}
}

func newSender(t *testing.T, options mail.Options) *mail.SendGrid {
	t.Helper()
	sender, err := mail.NewSendGrid(options)
	require.NoError(t, err)
	return sender
}

// send makes an attempt with what every test expects of it: bounded time and
// size, no connection left, and nothing confidential in the verdict.
func send(t *testing.T, options mail.Options) mail.Result {
	t.Helper()
	var meter meter
	options.Dial = meter.dial
	result, err := newSender(t, options).Send(t.Context(), message())
	require.NoError(t, err)
	require.Less(t, result.Duration, bound)
	require.LessOrEqual(t, meter.read.Load(), int64(enough))
	require.Eventually(t, func() bool { return meter.open.Load() == 0 }, bound, time.Millisecond)
	requireVerdict(t, result.Verdict)
	return result
}

// requireVerdict checks what holds for every verdict.
func requireVerdict(t *testing.T, v models.Verdict) {
	t.Helper()
	for _, secret := range []string{apiKey, "Secret", "Hidden", "Private", "@", "\n", "\r"} {
		require.NotContains(t, v.Message, secret)
	}
	require.Equal(t, v.Delivered(), v.Code == "", "a code unless delivered: %+v", v)
	require.Equal(t, v.Delivered(), v.Message == "", "a message unless delivered: %+v", v)
}
