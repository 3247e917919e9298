package webhook_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

const (
	okEmpty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	okOpen  = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
	okChunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
)

func TestEndpointsThatNeverFinish(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script func(net.Conn)
		status int
	}{
		"never answers":             {hold(""), 0},
		"status line drips":         {drip("", "HTTP/1.1 200 OK"), 0},
		"headers drip":              {drip("HTTP/1.1 200 OK\r\nX-A: ", "a"), 0},
		"1xx drip":                  {drip("", "HTTP/1.1 103 Early Hints\r\n\r\n"), 0},
		"body drips":                {drip(okOpen, " "), 200},
		"body stops":                {hold("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"), 200},
		"body whole, never ends":    {hold(okOpen + "{}"), 200},
		"chunks drip":               {drip(okChunk, "1\r\n \r\n"), 200},
		"last chunk never comes":    {hold(okChunk + "2\r\n{}\r\n"), 200},
		"trailer never ends":        {drip(okChunk+"2\r\n{}\r\n0\r\n", "X-A: b\r\n"), 200},
		"continue and nothing else": {hold("HTTP/1.1 100 Continue\r\n\r\n"), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answering(t, test.script)
			response := post(t, hasty(), "http://"+server.address)
			requireRetry(t, response, models.ErrorTimeout)
			require.Equal(t, test.status, response.Verdict.HTTPStatus)
			require.GreaterOrEqual(t, response.Duration, 300*time.Millisecond)
			require.EqualValues(t, 1, server.requests.Load())
		})
	}
}

func TestEndpointsThatBreakTheProtocol(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script func(net.Conn)
		code   models.ErrorCode
		status int
	}{
		"hangs up":               {say(""), models.ErrorConnectionReset, 0},
		"resets":                 {reset(""), models.ErrorConnectionReset, 0},
		"hangs up in headers":    {say("HTTP/1.1 200 OK\r\nX-A: b\r\n"), models.ErrorConnectionReset, 0},
		"resets in headers":      {reset("HTTP/1.1 200 OK\r\nX-A: b\r\n"), models.ErrorConnectionReset, 0},
		"hangs up in body":       {say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"), models.ErrorConnectionReset, 200},
		"hangs up between chunk": {say(okChunk + "2\r\n{}\r\n"), models.ErrorConnectionReset, 200},
		"hangs up after 1xx":     {say("HTTP/1.1 103 Early Hints\r\n\r\n"), models.ErrorConnectionReset, 0},

		"HTTP/0.9":            {say("<html>" + marker + "</html>"), models.ErrorProtocol, 0},
		"garbage":             {say("\x00\x01\x02\xff\r\n\r\n" + marker), models.ErrorProtocol, 0},
		"SSH banner":          {say("SSH-2.0-OpenSSH_9.6 " + marker + "\r\n"), models.ErrorProtocol, 0},
		"TLS alert in plain":  {say("\x15\x03\x01\x00\x02\x02\x46"), models.ErrorProtocol, 0},
		"HTTP/2 frames":       {say("\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x08\x07\x00\x00\x00\x00"), models.ErrorProtocol, 0},
		"broken header":       {say("HTTP/1.1 200 OK\r\n" + marker + "\r\n\r\n"), models.ErrorProtocol, 0},
		"status 1000":         {say("HTTP/1.1 1000 Big\r\n\r\n"), models.ErrorProtocol, 0},
		"status abc":          {say("HTTP/1.1 abc OK\r\n\r\n"), models.ErrorProtocol, 0},
		"status 000":          {say("HTTP/1.1 000 Zero\r\n\r\n"), models.ErrorProtocol, 0},
		"status 099":          {say("HTTP/1.1 099 Low\r\n\r\n"), models.ErrorProtocol, 99},
		"status 600":          {say("HTTP/1.1 600 High\r\nContent-Length: 2\r\n\r\n{}"), models.ErrorProtocol, 600},
		"status 999":          {say("HTTP/1.1 999 High\r\nContent-Length: 2\r\n\r\n{}"), models.ErrorProtocol, 999},
		"upgrade":             {hold("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"), models.ErrorProtocol, 101},
		"upgrade without it":  {hold("HTTP/1.1 101 Switching Protocols\r\n\r\n"), models.ErrorProtocol, 101},
		"two lengths":         {say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), models.ErrorProtocol, 0},
		"negative length":     {say("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"), models.ErrorProtocol, 0},
		"bad chunk size":      {say(okChunk + "zz\r\n{}\r\n0\r\n\r\n"), models.ErrorProtocol, 200},
		"huge chunk size":     {say(okChunk + "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"), models.ErrorProtocol, 200},
		"endless chunk line":  {flood(okChunk+"2;", "a"), models.ErrorProtocol, 200},
		"trailer flood":       {flood(okChunk+"2\r\n{}\r\n0\r\n", "X-A: b\r\n"), models.ErrorProtocol, 200},
		"endless status line": {flood("HTTP/1.1 200 ", "a"), models.ErrorProtocol, 0},
		"endless header":      {flood("HTTP/1.1 200 OK\r\nX-A: ", marker), models.ErrorProtocol, 0},
		"endless headers":     {flood("HTTP/1.1 200 OK\r\n", "X-A: b\r\n"), models.ErrorProtocol, 0},
		"endless 1xx":         {flood("", "HTTP/1.1 103 Early Hints\r\n\r\n"), models.ErrorProtocol, 0},

		"endless body":          {flood(okOpen, " "), models.ErrorResponseTooLarge, 200},
		"endless chunks":        {flood(okChunk, "400\r\n"+strings.Repeat("a", 1024)+"\r\n"), models.ErrorResponseTooLarge, 200},
		"endless body of a 500": {flood("HTTP/1.1 500 Oops\r\n\r\n", marker), models.ErrorHTTPStatus, 500},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answering(t, test.script)
			response := post(t, newClient(webhook.Limits{}), "http://"+server.address)
			requireRetry(t, response, test.code)
			require.Equal(t, test.status, response.Verdict.HTTPStatus)
			require.EqualValues(t, 1, server.requests.Load())
		})
	}
}

func TestEndpointsThatAreOddButDeliver(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]func(net.Conn){
		"no body":                  say(okEmpty),
		"204":                      say("HTTP/1.1 204 No Content\r\n\r\n"),
		"205":                      say("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"),
		"204 with a body":          say("HTTP/1.1 204 No Content\r\n\r\nAccepted"),
		"HTTP/1.0":                 say("HTTP/1.0 200 OK\r\n\r\n{}"),
		"bytes beyond the length":  say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" + marker),
		"a thousand early hints":   say(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 1000) + okEmpty),
		"unasked continue":         say("HTTP/1.1 100 Continue\r\n\r\n" + okEmpty),
		"JSON called HTML":         say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}"),
		"chunks, trailer":          say(okChunk + "1\r\n{\r\n1\r\n}\r\n0\r\nX-A: b\r\n\r\n"),
		"line feeds only":          say("HTTP/1.1 200 OK\nContent-Length: 2\n\n{}"),
		"reset after whole answer": say(okEmpty + "x"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answering(t, script)
			response := post(t, newClient(webhook.Limits{}), "http://"+server.address)
			require.True(t, response.Verdict.Delivered(), response.Verdict.Message)
			require.EqualValues(t, 1, server.requests.Load())
		})
	}
}

// An endpoint that speaks or hangs up before it was asked must not race with
// the request.
func TestEndpointsThatDoNotWaitForTheRequest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script func(net.Conn)
		code   models.ErrorCode
	}{
		"banner first": {hold("220 mail ready\r\n"), models.ErrorProtocol},
		"closes first": {say(""), models.ErrorConnectionReset},
		"resets first": {reset(""), models.ErrorConnectionReset},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := accept(t, func(_ *endpoint, conn net.Conn) { test.script(conn) })
			response := post(t, newClient(webhook.Limits{}), "http://"+server.address)
			requireRetry(t, response, test.code)
		})
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	const limit = 64 << 10
	for size, code := range map[int]models.ErrorCode{limit - 1: "", limit: "", limit + 1: models.ErrorResponseTooLarge, 20 * limit: models.ErrorResponseTooLarge} {
		body := `"` + strings.Repeat("a", size-2) + `"`
		for name, answer := range map[string]string{
			"length":  fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", size, body),
			"chunked": fmt.Sprintf("%s%x\r\n%s\r\n0\r\n\r\n", okChunk, size, body),
			"close":   okOpen + body,
		} {
			t.Run(fmt.Sprintf("%s %d", name, size), func(t *testing.T) {
				t.Parallel()
				server := answering(t, say(answer))
				for _, acceptAny := range []bool{false, true} {
					response := send(t, newClient(webhook.Limits{}), webhook.Request{URL: "http://" + server.address, AcceptAny: acceptAny})
					require.Equal(t, code, response.Verdict.Code)
				}
			})
		}
	}
}

func TestHeaderLimit(t *testing.T) {
	t.Parallel()
	for size, code := range map[int]models.ErrorCode{30 << 10: "", 34 << 10: models.ErrorProtocol} {
		for name, filler := range map[string]string{"one": "X-A: " + strings.Repeat("a", size), "many": strings.Repeat("X-A: aa\r\n", size/9) + "X-B: b"} {
			server := answering(t, say("HTTP/1.1 200 OK\r\n"+filler+"\r\nContent-Length: 0\r\n\r\n"))
			response := post(t, newClient(webhook.Limits{}), "http://"+server.address)
			require.Equal(t, code, response.Verdict.Code, "%s of %d", name, size)
		}
	}
}

// The connection is gone when the attempt returns, however that went.
func TestConnectionIsClosed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script func(net.Conn)
		scheme string
		id     string
		code   models.ErrorCode
	}{
		"delivered":        {hold(okEmpty), "http", "dlv_1", ""},
		"oversize":         {flood(okOpen, " "), "http", "dlv_1", models.ErrorResponseTooLarge},
		"upgrade":          {hold("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"), "http", "dlv_1", models.ErrorProtocol},
		"request unusable": {hold(""), "http", "dlv_1\r\nX-Evil: 1", models.ErrorProtocol},
		"handshake failed": {hold("HTTP/1.1 400 Bad Request\r\n\r\n"), "https", "dlv_1", models.ErrorTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := accept(t, func(_ *endpoint, conn net.Conn) { test.script(conn) })
			dialer := &tracker{}
			client := webhook.NewClient(webhook.Options{Guard: loopback(), Dial: dialer.dial})
			response := client.Post(t.Context(), webhook.Request{URL: test.scheme + "://" + server.address, ID: test.id})
			require.Equal(t, test.code, response.Verdict.Code, response.Verdict.Message)
			dialer.requireClosed(t)
		})
	}
}

func TestEachAttemptHasItsOwnConnection(t *testing.T) {
	t.Parallel()
	server := answering(t, hold(okEmpty)) // keeps the connection, as keep-alive allows
	client := newClient(webhook.Limits{})
	for attempt := range 3 {
		require.True(t, post(t, client, "http://"+server.address).Verdict.Delivered())
		require.EqualValues(t, attempt+1, server.requests.Load())
	}
}

func TestPlainTextAnswer(t *testing.T) {
	t.Parallel()
	server := answering(t, say(okOpen+"Accepted"))
	client := newClient(webhook.Limits{})
	requireRetry(t, post(t, client, "http://"+server.address), models.ErrorNotJSON)
	response := send(t, client, webhook.Request{URL: "http://" + server.address, AcceptAny: true})
	require.True(t, response.Verdict.Delivered())
	require.Equal(t, "Accepted", response.Excerpt)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	target := answering(t, say(okEmpty))
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308, 399} {
		for _, location := range []string{"http://" + target.address + "/" + marker, "http://169.254.169.254/", "file:///etc/passwd", "/", "//", ":", ""} {
			server := answering(t, say(fmt.Sprintf("HTTP/1.1 %d Moved\r\nLocation: %s\r\n\r\n", status, location)))
			response := post(t, newClient(webhook.Limits{}), "http://"+server.address)
			requireRetry(t, response, models.ErrorRedirectRefused)
			require.Equal(t, status, response.Verdict.HTTPStatus)
			require.EqualValues(t, 1, server.requests.Load())
		}
	}
	require.Zero(t, target.requests.Load())
}

func TestRetryAfterDateCountsFromTheAnswer(t *testing.T) {
	t.Parallel()
	now := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", now.Add(time.Minute).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	response := send(t, newClient(webhook.Limits{}), webhook.Request{URL: server.URL, Now: now})
	requireRetry(t, response, models.ErrorHTTPStatus)
	require.Equal(t, time.Minute-response.Duration, response.Verdict.RetryAfter)
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"short":            {"it broke", "it broke"},
		"NUL":              {"a\x00b\x00", "ab"},
		"broken UTF-8":     {"a\xff\xfeb", "a\uFFFDb"},
		"cut":              {strings.Repeat("a", 5000), strings.Repeat("a", 4096)},
		"cut in character": {strings.Repeat("a", 4095) + "é" + "tail", strings.Repeat("a", 4095)},
		"terminal codes":   {"\x1b[2J\u009bmred\x07\r\n\tb", "[2Jmred\r\n\tb"},
		"grows by repair":  {strings.Repeat("a\xff", 2048), strings.Repeat("a\uFFFD", 1024)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answering(t, say("HTTP/1.1 500 Oops\r\n\r\n"+test.body))
			response := post(t, newClient(webhook.Limits{}), "http://"+server.address)
			require.Equal(t, test.want, response.Excerpt)
			require.LessOrEqual(t, len(response.Excerpt), 4096)
			require.True(t, utf8.ValidString(response.Excerpt))
		})
	}
}

// Custom headers are stored sealed; an endpoint that echoes them must not have
// them stored in the clear.
func TestExcerptBlotsOutHeaders(t *testing.T) {
	t.Parallel()
	server := answering(t, say("HTTP/1.1 500 Oops\r\n\r\n{\"auth\":\"Bearer "+marker+"\",\"token\":\""+marker+"\",\"mode\":\"on\"}"))
	response := send(t, newClient(webhook.Limits{}), webhook.Request{
		URL: "http://" + server.address, Headers: map[string]string{"Authorization": "Bearer " + marker, "X-Mode": "on", "X-Empty": ""},
	})
	require.JSONEq(t, `{"auth":"[redacted]","token":"[redacted]","mode":"on"}`, response.Excerpt)
}

// The receiver took the first one, yet too slowly: it can tell that the second
// is the same.
func TestTheNextAttemptHasTheSameIDAndItsOwnTime(t *testing.T) {
	t.Parallel()
	got := make(chan http.Header, 2)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- r.Header
		if _, err := io.Copy(io.Discard, r.Body); err == nil && len(got) == 1 {
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close)
	now := time.Unix(1_800_000_000, 0)
	requireRetry(t, send(t, hasty(), webhook.Request{URL: server.URL, Now: now}), models.ErrorTimeout)
	require.True(t, send(t, newClient(webhook.Limits{}), webhook.Request{URL: server.URL, Now: now.Add(time.Minute)}).Verdict.Delivered())

	require.Len(t, got, 2)
	first, second := <-got, <-got
	require.Equal(t, "dlv_1", first.Get("Webhook-Id"))
	require.Equal(t, "dlv_1", second.Get("Webhook-Id"))
	require.Equal(t, "1800000000", first.Get("Webhook-Timestamp"))
	require.Equal(t, "1800000060", second.Get("Webhook-Timestamp"))
	require.NotEqual(t, first.Get("Webhook-Signature"), second.Get("Webhook-Signature"))
}

func TestCallerCancels(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"before the answer": "", "in the body": okOpen} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			server := answering(t, func(conn net.Conn) {
				say(text)(conn)
				cancel()
				hold("")(conn)
			})
			response := newClient(webhook.Limits{}).Post(ctx, webhook.Request{URL: "http://" + server.address})
			requireRetry(t, response, models.ErrorCancelled)
			require.Less(t, response.Duration, bound)
		})
	}
}

func TestCallersDeadlineIsATimeout(t *testing.T) {
	t.Parallel()
	server := answering(t, hold(""))
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, context.Canceled)
	defer cancel()
	response := newClient(webhook.Limits{}).Post(ctx, webhook.Request{URL: "http://" + server.address})
	requireRetry(t, response, models.ErrorTimeout)
}

// The request is larger than any socket buffer, so sending it blocks.
func TestEndpointThatDoesNotReadTheRequest(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	defer close(done)
	server := accept(t, func(*endpoint, net.Conn) { <-done })
	response := send(t, hasty(), webhook.Request{URL: "http://" + server.address, Body: bytes.Repeat([]byte(" "), 16<<20)})
	requireRetry(t, response, models.ErrorTimeout)
}

func requireRetry(t *testing.T, response webhook.Response, code models.ErrorCode) {
	t.Helper()
	requireVerdict(t, response.Verdict)
	require.Equal(t, code, response.Verdict.Code, response.Verdict.Message)
	require.Equal(t, models.OutcomeRetry, response.Verdict.Outcome)
}
