package mail_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/models"
)

// dialing makes a sender that opens connections with dial.
func dialing(t *testing.T, host string, dial mail.DialFunc) *mail.SendGrid {
	t.Helper()
	options := options(host)
	options.Dial = dial
	return newSender(t, options)
}

func TestConnectionsThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	refusal := models.Errorf(models.CodeInvalid, "The host is in a private network.")
	for name, test := range map[string]struct {
		err     error
		code    models.ErrorCode
		message string
	}{
		"guard":       {&net.OpError{Op: "dial", Err: refusal}, models.ErrorAddressRefused, refusal.Message},
		"no name":     {&net.OpError{Op: "dial", Err: &net.DNSError{Name: "bob@example.com", IsNotFound: true}}, models.ErrorDNS, "The name of SendGrid's host could not be resolved."},
		"slow DNS":    {&net.DNSError{Name: "example.com", IsTimeout: true}, models.ErrorDNS, "The name of SendGrid's host could not be resolved."},
		"unreachable": {&net.OpError{Op: "dial", Err: errors.New("no route to bob@example.com")}, models.ErrorConnectionRefused, "SendGrid's host cannot be reached."},
		"deadline":    {context.DeadlineExceeded, models.ErrorTimeout, "No connection to SendGrid was opened in time."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sender := dialing(t, "", func(_ context.Context, network, address string) (net.Conn, error) {
				require.Equal(t, "tcp api.sendgrid.com:443", network+" "+address)
				return nil, test.err
			})
			result, err := sender.Send(t.Context(), message())
			require.NoError(t, err)
			requireWant(t, retry(test.code, 0), result)
			require.Equal(t, test.message, result.Verdict.Message)
			requireVerdict(t, result.Verdict)
		})
	}
}

func TestPortThatNobodyListensOn(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	requireWant(t, retry(models.ErrorConnectionRefused, 0), send(t, options("http://"+listener.Addr().String())))
}

func TestConnectionsThatAreNotSecure(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS() // with a certificate that nobody vouches for
	t.Cleanup(server.Close)
	requireWant(t, retry(models.ErrorTLS, 0), send(t, options(server.URL)))

	plain := accept(t, func(_ *provider, conn net.Conn) { say("HTTP/1.1 400 Bad Request\r\n\r\n")(conn) })
	requireWant(t, retry(models.ErrorTLS, 0), send(t, options("https"+plain.url[len("http"):])))
}

// The defaults are those of the product: half a minute for everything, the
// answer included, and parts of it for the connection.
func TestDefaultTimeouts(t *testing.T) {
	t.Parallel()
	silent := func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			_, _ = io.Copy(io.Discard, theirs)
		}()
		return ours, nil
	}
	stuck := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for name, test := range map[string]struct {
		host    string
		dial    mail.DialFunc
		after   time.Duration
		message string
	}{
		"no connection": {"http://sendgrid.test", stuck, 10 * time.Second, "No connection to SendGrid was opened in time."},
		"no handshake":  {"https://sendgrid.test", silent, 10 * time.Second, "No connection to SendGrid was opened in time."},
		"no answer":     {"http://sendgrid.test", silent, 30 * time.Second, "SendGrid did not answer in time; it may have taken the mail all the same."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				result, err := dialing(t, test.host, test.dial).Send(t.Context(), message())
				require.NoError(t, err)
				requireWant(t, retry(models.ErrorTimeout, 0), result)
				require.Equal(t, test.message, result.Verdict.Message)
				require.Equal(t, test.after, result.Duration)
			})
		})
	}
}

func TestCallerCancels(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"before the answer": "", "in the headers": "HTTP/1.1 202 Accepted\r\nX-A: "} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			server := answering(t, func(conn net.Conn) {
				_, _ = io.WriteString(conn, text)
				cancel()
				hold("")(conn)
			})
			result, err := newSender(t, options(server.url)).Send(ctx, message())
			require.NoError(t, err)
			requireWant(t, retry(models.ErrorCancelled, 0), result)
		})
	}
}

// After a success the mail is on its way, whatever the caller does.
func TestCallerCancelsAfterSuccess(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := answering(t, hold("HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\n{}"))
	sender := dialing(t, server.url, func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return &cancelOnRead{Conn: conn, cancel: cancel}, err
	})
	result, err := sender.Send(ctx, message())
	require.NoError(t, err)
	requireWant(t, want{models.OutcomeDelivered, "", http.StatusAccepted}, result)
}

// cancelOnRead cancels once the second read, which is for the body, begins.
type cancelOnRead struct {
	net.Conn

	reads  int
	cancel func()
}

func (c *cancelOnRead) Read(p []byte) (int, error) {
	if c.reads++; c.reads == 2 {
		c.cancel()
	}
	return c.Conn.Read(p)
}

func TestCallersDeadlineIsATimeout(t *testing.T) {
	t.Parallel()
	server := answering(t, hold(""))
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, context.Canceled)
	defer cancel()
	result, err := newSender(t, options(server.url)).Send(ctx, message())
	require.NoError(t, err)
	requireWant(t, retry(models.ErrorTimeout, 0), result)
}

func TestOptionsAreNotPrinted(t *testing.T) {
	t.Parallel()
	options := options("")
	sender := newSender(t, options)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		require.NotContains(t, fmt.Sprintf(format, options), apiKey, format)
		require.NotContains(t, fmt.Sprintf(format, sender), apiKey, format)
	}
}
