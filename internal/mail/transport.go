package mail

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	connectTimeout = 10 * time.Second
	tlsTimeout     = 10 * time.Second
	// The most that is read of an answer. What SendGrid has to say fits in a
	// tenth of it.
	maxHeader = 32 << 10
	maxBody   = 64 << 10
)

// DialFunc opens a connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// newTransport makes a transport that opens a connection per request: mails
// are few, and a connection kept for the next one is one that SendGrid may
// have closed in the meantime.
func newTransport(dial DialFunc) http.RoundTripper {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return answers{&http.Transport{
		DialContext:            bounded(dial),
		TLSHandshakeTimeout:    tlsTimeout,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		Protocols:              &protocols,
	}}
}

// bounded gives dial its share of the time and marks its errors.
func bounded(dial DialFunc) DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, &dialError{err}
		}
		return conn, nil
	}
}

// answers makes answers harmless for the library. It reads the whole body, so
// that ends at maxBody; whatever is cut off is not missed, the status has
// decided. And it has net/http follow redirects, which needs a Location, or
// fail over one that is no URL, which would hide the status.
type answers struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (a answers) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := a.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Header.Del("Location")
	body := response.Body
	reader := io.LimitReader(body, maxBody)
	if response.StatusCode < http.StatusOK {
		reader = http.NoBody // 101: the body would be a connection without end
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{reader, body}
	return response, nil
}
