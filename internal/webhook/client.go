package webhook

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"leadrail/models"
)

// Limits bounds one attempt. A zero field means the default.
type Limits struct {
	// DNS, Connect and TLS bound the phases before the request is sent; by
	// default 5 s, 5 s (all addresses of the host together) and 10 s.
	DNS, Connect, TLS time.Duration
	// Total bounds everything, the body of the answer included; 30 s.
	Total time.Duration
	// Header bounds status line and headers of the answer, together with
	// those of the 1xx answers before it; 32 KiB.
	Header int64
	// Body is the largest body of an answer, in bytes; 64 KiB.
	Body int64
}

func (l Limits) orDefault() Limits {
	return Limits{
		DNS:     cmp.Or(l.DNS, 5*time.Second),
		Connect: cmp.Or(l.Connect, 5*time.Second),
		TLS:     cmp.Or(l.TLS, 10*time.Second),
		Total:   cmp.Or(l.Total, 30*time.Second),
		Header:  cmp.Or(l.Header, 32<<10),
		Body:    cmp.Or(l.Body, 64<<10),
	}
}

// Options are the parts of a Client; each zero field means the default.
type Options struct {
	// Guard by default refuses every special-purpose address.
	Guard *Guard
	// Resolver by default is Go's own: the C library's would take 0x7f.1 for
	// an address.
	Resolver Resolver
	// Dial by default asks Guard once more about the address of the socket;
	// a replacement does so itself.
	Dial DialFunc
	// RootCAs by default are those of the system.
	RootCAs *x509.CertPool
	Limits  Limits
}

// Client posts to endpoints chosen by users. It keeps no connection and no
// state, and is safe for concurrent use.
type Client struct {
	guard    *Guard
	resolver Resolver
	dial     DialFunc
	rootCAs  *x509.CertPool
	limits   Limits
}

// NewClient makes a Client.
func NewClient(options Options) *Client {
	c := &Client{
		guard:    options.Guard,
		resolver: options.Resolver,
		dial:     options.Dial,
		rootCAs:  options.RootCAs,
		limits:   options.Limits.orDefault(),
	}
	if c.guard == nil {
		c.guard = NewGuard()
	}
	if c.resolver == nil {
		c.resolver = &net.Resolver{PreferGo: true}
	}
	if c.dial == nil {
		c.dial = guardedDial(c.guard)
	}
	return c
}

// Request is one attempt to be made.
type Request struct {
	URL string
	// Headers are the custom headers of the action; see CheckHeaders.
	Headers map[string]string
	// ID is the webhook-id: the same for every attempt of a delivery.
	ID string
	// Keys sign the request, newest first. There are none for receivers that
	// take no signature, as Slack.
	Keys []models.SigningKey
	// Body is sent as it is, as application/json.
	Body []byte
	// AcceptAny takes any 2xx for success, whatever its body; see Judge.
	AcceptAny bool
	// Now is the time of the attempt, for webhook-timestamp and for dates in
	// Retry-After. Zero means the wall clock.
	Now time.Time
}

// Response is what came of an attempt.
type Response struct {
	Verdict  models.Verdict
	Duration time.Duration
	Phases   Phases
	// Address is the one connected to; invalid when none was.
	Address netip.AddrPort
	// Excerpt is the start of the answer's body, at most 4 KiB, valid UTF-8
	// without control characters but for tabs and line breaks, and without the
	// values of custom headers. It is the endpoint's text: show it to nobody
	// but the owner of the action, and escape it.
	Excerpt string
}

// Phases says where the time went; a phase that was not reached is 0.
type Phases struct {
	DNS     time.Duration
	Connect time.Duration
	TLS     time.Duration
	// FirstByte runs from the open connection to the first byte of the
	// answer.
	FirstByte time.Duration
}

// Post makes one attempt: it opens one connection, sends the request at most
// once, reads the answer within the limits and closes the connection. It never
// follows a redirect. It always returns; what went wrong is in the verdict,
// with models.ErrorCancelled when the caller cancelled ctx.
func (c *Client) Post(ctx context.Context, request Request) Response {
	start := time.Now()
	if request.Now.IsZero() {
		request.Now = start
	}
	ctx, cancel := context.WithTimeout(ctx, c.limits.Total)
	defer cancel()
	answer, response := c.attempt(ctx, request)
	response.Duration = time.Since(start)
	if answer.Err != nil && ctx.Err() != nil {
		answer.Err = ctx.Err() // whatever broke, this is why
	}
	answer.AcceptAny = request.AcceptAny
	answer.Now = request.Now.Add(response.Duration)
	response.Verdict = Judge(answer)
	response.Excerpt = excerpt(withoutSecrets(answer.Body, request.Headers))
	return response
}

// attempt connects and exchanges. The answer carries the error, if any.
func (c *Client) attempt(ctx context.Context, request Request) (Answer, Response) {
	target, err := c.guard.target(request.URL)
	if err != nil {
		return Answer{Err: err}, Response{}
	}
	var response Response
	opened, err := c.connect(ctx, target, &response)
	if err != nil {
		return Answer{Err: err}, response
	}
	conn := newOneShot(opened)
	defer conn.Close()
	post := (&http.Request{
		Method:        http.MethodPost,
		URL:           target,
		Header:        outgoing(request, request.Now),
		Body:          io.NopCloser(bytes.NewReader(request.Body)),
		ContentLength: int64(len(request.Body)),
	}).WithContext(ctx)
	answer := c.exchange(post, conn)
	response.Phases.FirstByte = conn.firstByte()
	return answer, response
}

// exchange sends request over conn and reads the answer. A transport of its
// own, without keep-alive, owning one connection that it can take once: the
// request cannot be sent twice, and nothing can arrive on another's
// connection. GetBody stays nil for the same reason.
func (c *Client) exchange(request *http.Request, conn *oneShot) Answer {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	transport := &http.Transport{
		DialContext:            conn.take,
		DialTLSContext:         conn.take,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: c.limits.Header,
		Protocols:              &protocols,
	}
	answered, err := transport.RoundTrip(request)
	if err != nil {
		return Answer{Err: err}
	}
	defer answered.Body.Close()
	answer := Answer{Status: answered.StatusCode, Header: answered.Header}
	if answer.Status < http.StatusOK {
		return answer // 101: the body would be a connection without end
	}
	answer.Body, answer.Err = io.ReadAll(io.LimitReader(answered.Body, c.limits.Body+1))
	if int64(len(answer.Body)) > c.limits.Body {
		answer.Body, answer.Truncated = answer.Body[:c.limits.Body], true
	}
	return answer
}
