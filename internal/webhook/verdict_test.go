package webhook_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

func TestJudgeBodies(t *testing.T) {
	t.Parallel()
	bodies := map[string]bool{ // whether it is a JSON text
		``: true, `{}`: true, `[]`: true, `{"ok":true}`: true, "\r\n\t {\"a\":[1]} \n": true,
		`true`: true, `1`: true, `-0.5e3`: true, `null`: true, `"x"`: true,
		`{"a":1,"a":2}`: true, "\"\xff\"": true, "\"\u00e9\"": true, nest(10_000): true,

		` `: false, "\n": false, "\ufeff{}": false, `{}{}`: false, `1 2`: false, `{},`: false, `{"a":1,}`: false, `[1,]`: false,
		`NaN`: false, `Infinity`: false, `'a'`: false, `{'a':1}`: false, `{a:1}`: false, `01`: false, `+1`: false, `.5`: false,
		`{}x`: false, `{`: false, `"`: false, `tru`: false, `ok`: false, `Accepted`: false, `<html></html>`: false, "\x00": false,
		`{} // done`: false, "\"\n\"": false, "{\x00}": false, "\xe9": false, "{\x00\"\x00a\x00": false, nest(10_001): false,
	}
	for body, isJSON := range bodies {
		for _, status := range []int{200, 201, 202, 204, 205, 206, 226, 299} {
			v := webhook.Judge(webhook.Answer{Status: status, Body: []byte(body)})
			requireVerdict(t, v)
			require.Equal(t, isJSON, v.Delivered(), "%.40q: %+v", body, v)
			require.Equal(t, status, v.HTTPStatus)
			if !isJSON {
				require.Equal(t, models.OutcomeRetry, v.Outcome)
				require.Equal(t, models.ErrorNotJSON, v.Code)
				require.Contains(t, v.Message, `"response": "any"`)
			}
			whatever := webhook.Judge(webhook.Answer{Status: status, Body: []byte(body), AcceptAny: true})
			require.True(t, whatever.Delivered(), "%.40q", body)
		}
	}
}

func TestJudgeStatuses(t *testing.T) {
	t.Parallel()
	for status := range 1200 {
		for _, acceptAny := range []bool{false, true} {
			v := webhook.Judge(webhook.Answer{Status: status, AcceptAny: acceptAny, Body: []byte(`{}`)})
			requireVerdict(t, v)
			outcome, code := models.OutcomeRetry, models.ErrorHTTPStatus
			switch {
			case status < 200 || status > 599:
				code = models.ErrorProtocol
			case status < 300:
				outcome, code = models.OutcomeDelivered, ""
			case status < 400:
				code = models.ErrorRedirectRefused
			case status == 410:
				outcome, code = models.OutcomeDisable, models.ErrorGone
			case status == 429:
				code = models.ErrorRateLimited
			}
			want := models.Verdict{Outcome: outcome, HTTPStatus: status, Code: code}
			require.Empty(t, cmp.Diff(want, v, cmpopts.IgnoreFields(models.Verdict{}, "Message")))
		}
	}
}

func TestJudgeTheStatusDecidesBeforeTheBody(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]models.ErrorCode{
		302: models.ErrorRedirectRefused, 404: models.ErrorHTTPStatus, 410: models.ErrorGone, 429: models.ErrorRateLimited, 500: models.ErrorHTTPStatus,
	} {
		broken := webhook.Judge(webhook.Answer{Status: status, Err: io.ErrUnexpectedEOF})
		require.Equal(t, code, broken.Code)
		large := webhook.Judge(webhook.Answer{Status: status, Truncated: true})
		require.Equal(t, code, large.Code)
	}
}

func TestJudgeTwoHundredWithoutItsWholeBody(t *testing.T) {
	t.Parallel()
	for _, acceptAny := range []bool{false, true} {
		large := webhook.Judge(webhook.Answer{Status: 200, Body: []byte(`{}`), Truncated: true, AcceptAny: acceptAny})
		require.Equal(t, models.ErrorResponseTooLarge, large.Code)
		broken := webhook.Judge(webhook.Answer{Status: 200, Body: []byte(`{}`), Err: io.ErrUnexpectedEOF, AcceptAny: acceptAny})
		require.Equal(t, models.ErrorConnectionReset, broken.Code)
		require.Equal(t, 200, broken.HTTPStatus)
		require.Equal(t, models.OutcomeRetry, broken.Outcome)
	}
}

func TestJudgeErrors(t *testing.T) {
	t.Parallel()
	dial := func(err error) error { return &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)} }
	read := func(err error) error { return &net.OpError{Op: "read", Err: os.NewSyscallError("read", err)} }
	tests := map[string]struct {
		err  error
		code models.ErrorCode
	}{
		"cancelled":              {context.Canceled, models.ErrorCancelled},
		"cancelled lookup":       {&net.DNSError{UnwrapErr: context.Canceled}, models.ErrorCancelled},
		"deadline":               {context.DeadlineExceeded, models.ErrorTimeout},
		"i/o timeout":            {read(os.ErrDeadlineExceeded), models.ErrorTimeout},
		"kernel gave up":         {dial(syscall.ETIMEDOUT), models.ErrorTimeout},
		"no such host":           {&net.DNSError{Name: marker, IsNotFound: true}, models.ErrorDNS},
		"slow resolver":          {&net.DNSError{Name: marker, IsTimeout: true}, models.ErrorDNS},
		"broken resolver":        {&net.DNSError{Name: marker, Err: "server misbehaving"}, models.ErrorDNS},
		"refused":                {dial(syscall.ECONNREFUSED), models.ErrorConnectionRefused},
		"reset":                  {read(syscall.ECONNRESET), models.ErrorConnectionReset},
		"broken pipe":            {fmt.Errorf("write: %w", syscall.EPIPE), models.ErrorConnectionReset},
		"closed early":           {io.EOF, models.ErrorConnectionReset},
		"cut off":                {io.ErrUnexpectedEOF, models.ErrorConnectionReset},
		"TLS alert":              {&net.OpError{Op: "remote error", Err: tls.AlertError(116)}, models.ErrorTLS},
		"our TLS alert":          {&net.OpError{Op: "local error", Err: tls.AlertError(20)}, models.ErrorTLS},
		"foreign":                {errors.New(marker), models.ErrorProtocol},
		"wrapped unknown to TLS": {fmt.Errorf("x: %w", x509.UnknownAuthorityError{}), models.ErrorProtocol},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := webhook.Judge(webhook.Answer{Err: test.err})
			requireVerdict(t, v)
			require.Equal(t, test.code, v.Code)
			require.Equal(t, models.OutcomeRetry, v.Outcome)
			require.Zero(t, v.HTTPStatus)
		})
	}
}

func TestJudgeRefusalGivesUpInTheGuardsWords(t *testing.T) {
	t.Parallel()
	err := webhook.NewGuard().CheckURL("http://10.0.0.1/?token=" + marker)
	v := webhook.Judge(webhook.Answer{Err: fmt.Errorf("dial: %w", err)})
	requireVerdict(t, v)
	require.Equal(t, models.OutcomeGiveUp, v.Outcome)
	require.Equal(t, models.ErrorAddressRefused, v.Code)
	require.Equal(t, err.Error(), v.Message)
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	tests := map[string]time.Duration{
		"5": 5 * time.Second, " 5 ": 5 * time.Second, "005": 5 * time.Second, "3600": time.Hour, "3601": time.Hour,
		"2592000": time.Hour, "1000000000": time.Hour, strings.Repeat("9", 400): time.Hour,
		"0": 0, "-1": 0, "+5": 0, "1e9": 0, "abc": 0, "": 0, "5s": 0, "5, 6": 0, "1.5": 0, "٥": 0, "0x10": 0, "5\n": 0,
		"Sun, 22 Nov 2026 09:31:00 GMT":  time.Minute,
		"Sunday, 22-Nov-26 09:31:00 GMT": time.Minute,
		"Sun Nov 22 09:31:00 2026":       time.Minute,
		"Sun, 22 Nov 2026 09:29:59 GMT":  0,
		"Sun, 22 Nov 2026 09:30:00 GMT":  0,
		"Mon, 23 Nov 2026 09:30:00 GMT":  time.Hour,
		"Fri, 31 Dec 9999 23:59:59 GMT":  time.Hour,
		"2026-11-22T09:31:00Z":           0,
	}
	for value, want := range tests {
		require.Equal(t, want, webhook.RetryAfter(value, now), "%q", value)
		for status, asked := range map[int]bool{429: true, 503: true, 500: false, 404: false, 200: false, 302: false, 410: false} {
			v := webhook.Judge(webhook.Answer{Status: status, Header: http.Header{"Retry-After": {value}}, Now: now})
			if asked {
				require.Equal(t, want, v.RetryAfter, "%d %q", status, value)
			} else {
				require.Zero(t, v.RetryAfter, "%d %q", status, value)
			}
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"5", "0", "-1", "1e9", "99999999999999999999", "Sun, 22 Nov 2026 09:31:00 GMT", "\x00"} {
		f.Add(seed, int64(1_795_339_800))
	}
	f.Fuzz(func(t *testing.T, value string, now int64) {
		wait := webhook.RetryAfter(value, time.Unix(now, 0))
		require.GreaterOrEqual(t, wait, time.Duration(0))
		require.LessOrEqual(t, wait, time.Hour)
	})
}

// nest returns arrays within arrays, depth levels of them.
func nest(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}
