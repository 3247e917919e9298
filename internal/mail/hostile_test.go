package mail_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/models"
)

const (
	accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
	taken    = "HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n"
	rejected = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
	broken   = "HTTP/1.1 500 Internal Server Error\r\nTransfer-Encoding: chunked\r\n\r\n"
)

// want is the outcome of an attempt.
type want struct {
	outcome models.Outcome
	code    models.ErrorCode
	status  int
}

func retry(code models.ErrorCode, status int) want {
	return want{models.OutcomeRetry, code, status}
}

func requireWant(t *testing.T, expected want, result mail.Result) {
	t.Helper()
	v := result.Verdict
	require.Equal(t, expected, want{v.Outcome, v.Code, v.HTTPStatus}, v.Message)
}

func TestProvidersThatNeverFinish(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script func(net.Conn)
		want   want
	}{
		"never answers":             {hold(""), retry(models.ErrorTimeout, 0)},
		"status line drips":         {drip("", "HTTP/1.1 202 Accepted"), retry(models.ErrorTimeout, 0)},
		"headers drip":              {drip("HTTP/1.1 202 Accepted\r\nX-A: ", "a"), retry(models.ErrorTimeout, 0)},
		"1xx drip":                  {drip("", "HTTP/1.1 103 Early Hints\r\n\r\n"), retry(models.ErrorTimeout, 0)},
		"continue and nothing else": {hold("HTTP/1.1 100 Continue\r\n\r\n"), retry(models.ErrorTimeout, 0)},
		// The status has decided; the rest is only its reason.
		"body of a success drips":   {drip(taken, " "), want{models.OutcomeDelivered, "", 202}},
		"body of a success stops":   {hold("HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\n{}"), want{models.OutcomeDelivered, "", 202}},
		"body of a rejection drips": {drip(rejected, " "), want{models.OutcomeGiveUp, models.ErrorProviderRejected, 400}},
		"body of a failure drips":   {drip(broken, "1\r\n \r\n"), retry(models.ErrorHTTPStatus, 500)},
		"body of a redirect drips":  {drip("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", " "), retry(models.ErrorRedirectRefused, 302)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answering(t, test.script)
			hasty := options(server.url)
			hasty.Timeout = 300 * time.Millisecond
			result := send(t, hasty)
			requireWant(t, test.want, result)
			require.GreaterOrEqual(t, result.Duration, hasty.Timeout)
			require.EqualValues(t, 1, server.requests.Load())
		})
	}
}

func TestProvidersThatBreakTheProtocol(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script func(net.Conn)
		want   want
	}{
		"hangs up":             {say(""), retry(models.ErrorConnectionReset, 0)},
		"resets":               {reset(""), retry(models.ErrorConnectionReset, 0)},
		"hangs up in headers":  {say("HTTP/1.1 202 Accepted\r\nX-A: b\r\n"), retry(models.ErrorConnectionReset, 0)},
		"resets in headers":    {reset("HTTP/1.1 202 Accepted\r\nX-A: b\r\n"), retry(models.ErrorConnectionReset, 0)},
		"hangs up after 1xx":   {say("HTTP/1.1 103 Early Hints\r\n\r\n"), retry(models.ErrorConnectionReset, 0)},
		"hangs up in success":  {say("HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\n{}"), want{models.OutcomeDelivered, "", 202}},
		"hangs up in failure":  {say(broken + "2\r\n{}\r\n"), retry(models.ErrorHTTPStatus, 500)},
		"HTTP/0.9":             {say("<html>hello</html>"), retry(models.ErrorProtocol, 0)},
		"garbage":              {say("\x00\x01\x02\xff\r\n\r\n"), retry(models.ErrorProtocol, 0)},
		"TLS alert in plain":   {say("\x15\x03\x01\x00\x02\x02\x46"), retry(models.ErrorProtocol, 0)},
		"HTTP/2 frames":        {say("\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x08\x07\x00\x00\x00\x00"), retry(models.ErrorProtocol, 0)},
		"broken header":        {say("HTTP/1.1 202 Accepted\r\nno colon\r\n\r\n"), retry(models.ErrorProtocol, 0)},
		"two lengths":          {say("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), retry(models.ErrorProtocol, 0)},
		"status 099":           {say("HTTP/1.1 099 Low\r\n\r\n"), retry(models.ErrorProtocol, 99)},
		"status 1000":          {say("HTTP/1.1 1000 High\r\n\r\n"), retry(models.ErrorProtocol, 0)},
		"upgrade":              {hold("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"), retry(models.ErrorProtocol, 101)},
		"endless status line":  {flood("HTTP/1.1 202 ", "a"), retry(models.ErrorProtocol, 0)},
		"endless header":       {flood("HTTP/1.1 202 Accepted\r\nX-A: ", "a"), retry(models.ErrorProtocol, 0)},
		"endless headers":      {flood("HTTP/1.1 202 Accepted\r\n", "X-A: b\r\n"), retry(models.ErrorProtocol, 0)},
		"endless 1xx":          {flood("", "HTTP/1.1 103 Early Hints\r\n\r\n"), retry(models.ErrorProtocol, 0)},
		"endless success":      {flood(taken, "a"), want{models.OutcomeDelivered, "", 202}},
		"endless rejection":    {flood(rejected, "a"), want{models.OutcomeGiveUp, models.ErrorProviderRejected, 400}},
		"endless failure":      {flood(broken, "400\r\n"+strings.Repeat("a", 1024)+"\r\n"), retry(models.ErrorHTTPStatus, 500)},
		"early hints, success": {say(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 1000) + accepted), want{models.OutcomeDelivered, "", 202}},
		"10 MB of reasons": {
			say(rejected + `{"errors":[{"message":"` + strings.Repeat("a", 10<<20) + `"}]}`),
			want{models.OutcomeGiveUp, models.ErrorProviderRejected, 400},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answering(t, test.script)
			requireWant(t, test.want, send(t, options(server.url)))
			require.EqualValues(t, 1, server.requests.Load())
		})
	}
}

// A server that speaks or hangs up before it was asked must not race with the
// request.
func TestProvidersThatDoNotWaitForTheRequest(t *testing.T) {
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
			server := accept(t, func(_ *provider, conn net.Conn) { test.script(conn) })
			for range 50 {
				requireWant(t, retry(test.code, 0), send(t, options(server.url)))
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	target := answering(t, say(accepted))
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308, 399} {
		for _, location := range []string{target.url + "/v3/mail/send", "http://169.254.169.254/", "file:///etc/passwd", "/", "//", ":", ""} {
			server := answering(t, say(fmt.Sprintf("HTTP/1.1 %d Moved\r\nLocation: %s\r\n\r\n", status, location)))
			requireWant(t, retry(models.ErrorRedirectRefused, status), send(t, options(server.url)))
			require.EqualValues(t, 1, server.requests.Load())
		}
	}
	require.Zero(t, target.requests.Load())
}

func TestEachMailHasItsOwnConnection(t *testing.T) {
	t.Parallel()
	server := answering(t, hold(accepted)) // keeps the connection, as keep-alive allows
	for sent := range 3 {
		require.True(t, send(t, options(server.url)).Verdict.Delivered())
		require.EqualValues(t, sent+1, server.requests.Load())
	}
}

// The request is larger than any socket buffer, so sending it blocks.
func TestProviderThatDoesNotReadTheRequest(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	defer close(done)
	server := accept(t, func(*provider, net.Conn) { <-done })
	hasty := options(server.url)
	hasty.Timeout = 300 * time.Millisecond
	large := message()
	large.Text = strings.Repeat(" ", 16<<20)
	result, err := newSender(t, hasty).Send(t.Context(), large)
	require.NoError(t, err)
	requireWant(t, retry(models.ErrorTimeout, 0), result)
}
