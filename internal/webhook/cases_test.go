package webhook_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// hostile is one thing that an endpoint does to us, and what must come of it.
type hostile struct {
	what string
	code models.ErrorCode // "" for delivered
	// script is played on the connection once a whole request arrived; raw
	// instead from the first byte on.
	script, raw func(net.Conn)
	scheme      string // "" is http
	acceptAny   bool
	// dial is how connections are opened where it is not the usual way.
	dial webhook.DialFunc
	// roots are trusted instead of the system's.
	roots *x509.CertPool
	// url is asked instead of a server of the test; nothing may be dialled
	// for it. The names in it resolve to resolved, or do not exist.
	url      string
	resolved []string
}

// hostileGroups lists them by what they are after.
func hostileGroups(t *testing.T) []group {
	t.Helper()
	return []group{
		{"Time", slowEndpoints()},
		{"Size", largeAnswers(t)},
		{"Protocol", brokenProtocols()},
		{"TLS", badTLS(t)},
		{"Addresses and URLs", addresses()},
		{"Statuses", statuses()},
		{"Bodies of a 2xx", bodies()},
	}
}

type group struct {
	title string
	cases []hostile
}

func slowEndpoints() []hostile {
	const code = models.ErrorTimeout
	swallow := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return []hostile{
		{what: "no connection is opened", code: code, dial: swallow},
		{what: "the TLS handshake never ends", code: code, raw: hold(""), scheme: "https"},
		{what: "no answer", code: code, script: hold("")},
		{what: "the status line drips", code: code, script: drip("", "HTTP/1.1 200 OK")},
		{what: "the headers drip", code: code, script: drip("HTTP/1.1 200 OK\r\nX-A: ", "a")},
		{what: "the body drips", code: code, script: drip(okOpen, " ")},
		{what: "the body stops short of its length", code: code, script: hold("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")},
		{what: "the body is whole JSON and never ends", code: code, script: hold(okOpen + "{}")},
		{what: "the last chunk never comes", code: code, script: hold(okChunk + "2\r\n{}\r\n")},
		{what: "1xx answers drip", code: code, script: drip("", "HTTP/1.1 103 Early Hints\r\n\r\n")},
		{what: "the connection stays open after a whole answer", script: hold(okEmpty)},
	}
}

func largeAnswers(t *testing.T) []hostile {
	t.Helper()
	const limit = 64 << 10
	quoted := func(size int) string { return `"` + strings.Repeat("a", size-2) + `"` }
	bomb := zipped(t, quoted(32<<20))
	encoded := func(encoding, body string) func(net.Conn) {
		return say("HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding + "\r\n\r\n" + body)
	}
	const large, protocol, text = models.ErrorResponseTooLarge, models.ErrorProtocol, models.ErrorNotJSON
	return []hostile{
		{what: "a body of 64 KiB", script: say(okOpen + quoted(limit))},
		{what: "a body of 64 KiB and a byte", code: large, script: say(okOpen + quoted(limit+1))},
		{what: "a body without end", code: large, script: flood(okOpen, " ")},
		{what: "a body without end, with `response: any`", code: large, script: flood(okOpen, " "), acceptAny: true},
		{what: "chunks without end", code: large, script: flood(okChunk, "400\r\n"+strings.Repeat("a", 1024)+"\r\n")},
		{what: "a gzip bomb of 32 MiB", code: text, script: encoded("gzip", bomb)},
		{what: "a gzip bomb in gzip", code: text, script: encoded("gzip, gzip", zipped(t, bomb))},
		{what: "a gzip bomb, with `response: any`: kept packed", script: encoded("gzip", bomb), acceptAny: true},
		{what: "brotli that nobody asked for", code: text, script: encoded("br", "\x0b\x02\x80{}\x03")},
		{what: "a header of more than 32 KiB", code: protocol, script: say("HTTP/1.1 200 OK\r\nX-A: " + strings.Repeat("a", 34<<10) + "\r\n\r\n")},
		{what: "10,000 headers", code: protocol, script: say("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: b\r\n", 10_000) + "\r\n")},
		{what: "headers without end", code: protocol, script: flood("HTTP/1.1 200 OK\r\n", "X-A: b\r\n")},
		{what: "trailers without end", code: protocol, script: flood(okChunk+"2\r\n{}\r\n0\r\n", "X-A: b\r\n")},
		{what: "1xx answers without end", code: protocol, script: flood("", "HTTP/1.1 103 Early Hints\r\n\r\n")},
		{what: "a thousand 1xx answers, then 200", script: say(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 1000) + okEmpty)},
	}
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var packed bytes.Buffer
	packer := gzip.NewWriter(&packed)
	_, err := packer.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, packer.Close())
	return packed.String()
}

func brokenProtocols() []hostile {
	const reset1, protocol = models.ErrorConnectionReset, models.ErrorProtocol
	const http2 = "\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
	return []hostile{
		{what: "hangs up before it is asked", code: reset1, raw: say("")},
		{what: "hangs up instead of an answer", code: reset1, script: say("")},
		{what: "resets instead of an answer", code: reset1, script: reset("")},
		{what: "hangs up in the headers", code: reset1, script: say("HTTP/1.1 200 OK\r\nX-A: b\r\n")},
		{what: "hangs up in the body", code: reset1, script: say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")},
		{what: "resets in the body", code: reset1, script: reset("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")},
		{what: "hangs up between two chunks", code: reset1, script: say(okChunk + "2\r\n{}\r\n")},
		{what: "speaks before it is asked", code: protocol, raw: hold("220 mail ready\r\n")},
		{what: "HTTP/0.9", code: protocol, script: say("<html></html>")},
		{what: "garbage", code: protocol, script: say("\x00\x01\x02\xff\r\n\r\n")},
		{what: "HTTP/2 frames: GOAWAY and others", code: protocol, script: say(http2)},
		{what: "a TLS alert to plain HTTP", code: protocol, script: say("\x15\x03\x01\x00\x02\x02\x46")},
		{what: "chunk sizes that are none", code: protocol, script: say(okChunk + "zz\r\n{}\r\n0\r\n\r\n")},
		{what: "two different lengths", code: protocol, script: say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}")},
		{what: "bytes beyond the length", script: say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 500 Oops\r\n\r\n")},
		{what: "status 099", code: protocol, script: say("HTTP/1.1 099 Low\r\n\r\n")},
		{what: "status 600", code: protocol, script: say("HTTP/1.1 600 High\r\n\r\n")},
		{what: "status 1000", code: protocol, script: say("HTTP/1.1 1000 Big\r\n\r\n")},
		{what: "101, a protocol that nobody asked for", code: protocol, script: hold("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")},
	}
}

func badTLS(t *testing.T) []hostile {
	t.Helper()
	trusted, stranger := newAuthority(t), newAuthority(t)
	good := trusted.issue(t, unchanged)
	with := func(change func(*x509.Certificate)) func(net.Conn) {
		return shake(&tls.Config{Certificates: []tls.Certificate{trusted.issue(t, change)}})
	}
	nameless := func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("no such host here") }
	cases := []hostile{
		{what: "an expired certificate", raw: with(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })},
		{what: "a certificate for another host", raw: with(func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)} })},
		{what: "a certificate of an unknown authority", raw: shake(&tls.Config{Certificates: []tls.Certificate{stranger.issue(t, unchanged)}})},
		{what: "a self-signed certificate", raw: shake(&tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{stranger.certificate.Raw}, PrivateKey: stranger.key}}})},
		{what: "a certificate signed with SHA-1", raw: with(func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 })},
		{what: "no certificate for the name", raw: shake(&tls.Config{GetConfigForClient: nameless})},
		{what: "TLS 1.1 at most", raw: shake(&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})},
		{what: "a client certificate is wanted", raw: shake(&tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert})},
		{what: "plain HTTP on the https port", raw: hold("HTTP/1.1 400 Bad Request\r\n\r\n")},
	}
	for i := range cases {
		cases[i].code, cases[i].scheme, cases[i].roots = models.ErrorTLS, "https", trusted.pool()
	}
	return cases
}

// shake makes a handshake and waits for the client to go.
func shake(config *tls.Config) func(net.Conn) {
	return func(conn net.Conn) {
		_ = tls.Server(conn, config).Handshake()
		hold("")(conn)
	}
}

func addresses() []hostile {
	refused := func(what, url string, resolved ...string) hostile {
		return hostile{what: what, code: models.ErrorAddressRefused, url: url, resolved: resolved}
	}
	return []hostile{
		refused("`http://127.0.0.1/`, any other special-purpose address", "http://127.0.0.1/"),
		refused("`http://[::ffff:127.0.0.1]/`, any other form of one", "http://[::ffff:127.0.0.1]/"),
		refused("`http://[64:ff9b::a9fe:a9fe]/`: NAT64, 6to4, Teredo", "http://[64:ff9b::a9fe:a9fe]/"),
		refused("`http://2130706433/`, `0x7f.1`, `0177.0.0.1`, `127.1`", "http://2130706433/", public),
		refused("`http://localhost/` and names under it", "http://localhost/", public),
		refused("digits of other scripts", "http://１２７.０.０.１/", public),
		refused("a name of a private address", "http://example.com/", "10.0.0.1"),
		refused("a name of a public and a private address", "http://example.com/", public, "fd00::1"),
		refused("a name of a metadata service", "http://example.com/", "169.254.169.254"),
		refused("user and password in the URL", "http://user:secret@example.com/", public),
		refused("a line break in the URL", "http://example.com/\r\nX-A:b", public),
		refused("another scheme", "file:///etc/passwd"),
		refused("port 25, or of another protocol", "http://example.com:25/", public),
		{what: "a name that does not exist", code: models.ErrorDNS, url: "http://example.com/"},
	}
}

func statuses() []hostile {
	var cases []hostile
	add := func(code models.ErrorCode, header string, list ...int) {
		for _, status := range list {
			cases = append(cases, hostile{
				what: fmt.Sprint(status), code: code,
				script: say(fmt.Sprintf("HTTP/1.1 %d Status\r\nLocation: http://169.254.169.254/\r\n%sContent-Length: 0\r\n\r\n", status, header)),
			})
		}
	}
	add(models.ErrorRedirectRefused, "", 301, 302, 303, 307, 308)
	add(models.ErrorHTTPStatus, "", 400, 401, 403, 404, 405, 408, 422, 425, 500, 502, 503, 504)
	add(models.ErrorGone, "", 410)
	add(models.ErrorRateLimited, "Retry-After: 5\r\n", 429)
	add("", "", 200, 201, 202, 204, 205, 206)
	return cases
}

func bodies() []hostile {
	const code = models.ErrorNotJSON
	body := func(text string) func(net.Conn) { return say(okOpen + text) }
	return []hostile{
		{what: "`{}`", script: body("{}")},
		{what: "`null`, or another bare value", script: body("null")},
		{what: "the same key twice", script: body(`{"a":1,"a":2}`)},
		{what: "broken UTF-8 in a string, as of Latin-1", script: body("\"\xe9\"")},
		{what: "JSON called `text/html`", script: say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}")},
		{what: "10,000 levels", script: body(nest(10_000))},
		{what: "10,001 levels", code: code, script: body(nest(10_001))},
		{what: "white space alone", code: code, script: body(" \n")},
		{what: "HTML", code: code, script: body("<html></html>")},
		{what: "a byte order mark, then JSON", code: code, script: body("\ufeff{}")},
		{what: "UTF-16", code: code, script: body("{\x00}\x00")},
		{what: "two values", code: code, script: body("{}{}")},
		{what: "a comma too many", code: code, script: body(`{"a":1,}`)},
		{what: "`NaN`", code: code, script: body("NaN")},
		{what: "single quotes", code: code, script: body("{'a':1}")},
		{what: "`Accepted`", code: code, script: body("Accepted")},
		{what: "`Accepted`, with `response: any`", script: body("Accepted"), acceptAny: true},
		{what: "half a body, with `response: any`", code: models.ErrorConnectionReset, script: say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"), acceptAny: true},
	}
}
