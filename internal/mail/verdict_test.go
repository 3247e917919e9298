package mail_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail/mailtest"
	"leadrail/models"
)

func TestVerdictOnEveryStatus(t *testing.T) {
	t.Parallel()
	for status, test := range map[int]struct {
		want    want
		message string
	}{
		200: {want{models.OutcomeDelivered, "", 200}, ""},
		201: {want{models.OutcomeDelivered, "", 201}, ""},
		202: {want{models.OutcomeDelivered, "", 202}, ""},
		299: {want{models.OutcomeDelivered, "", 299}, ""},
		302: {retry(models.ErrorRedirectRefused, 302), "SendGrid's host answered with redirect 302, which is never followed."},
		400: {want{models.OutcomeGiveUp, models.ErrorProviderRejected, 400}, "SendGrid rejected the mail with status 400: Bad Request"},
		401: {retry(models.ErrorHTTPStatus, 401), "SendGrid refused the API key with status 401: Unauthorized"},
		403: {retry(models.ErrorHTTPStatus, 403), "SendGrid refused the API key or the sender's address with status 403: Forbidden"},
		404: {retry(models.ErrorHTTPStatus, 404), "SendGrid did not take the mail with status 404: Not Found"},
		405: {retry(models.ErrorHTTPStatus, 405), "SendGrid did not take the mail with status 405: Method Not Allowed"},
		413: {want{models.OutcomeGiveUp, models.ErrorProviderRejected, 413}, "SendGrid rejected the mail with status 413: Request Entity Too Large"},
		429: {retry(models.ErrorRateLimited, 429), "SendGrid answered 429: the account sends more than it may."},
		500: {retry(models.ErrorHTTPStatus, 500), "SendGrid did not take the mail with status 500: Internal Server Error"},
		502: {retry(models.ErrorHTTPStatus, 502), "SendGrid did not take the mail with status 502: Bad Gateway"},
		503: {retry(models.ErrorHTTPStatus, 503), "SendGrid did not take the mail with status 503: Service Unavailable"},
		504: {retry(models.ErrorHTTPStatus, 504), "SendGrid did not take the mail with status 504: Gateway Timeout"},
		599: {retry(models.ErrorHTTPStatus, 599), "SendGrid did not take the mail with status 599 and gave no reason."},
		600: {retry(models.ErrorProtocol, 600), "SendGrid answered with a status that HTTP does not define for an answer."},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			provider := mailtest.NewSendGrid(t, status)
			result := send(t, options(provider.URL))
			requireWant(t, test.want, result)
			require.Equal(t, test.message, result.Verdict.Message)
			require.Len(t, provider.Mails("dlv_1"), 1)
		})
	}
}

func TestReasonOfARejection(t *testing.T) {
	t.Parallel()
	const finding = "SendGrid rejected the mail with status 400"
	for name, test := range map[string]struct{ body, want string }{
		"one":           {`{"errors":[{"message":"The subject is required.","field":"subject","help":null}]}`, ": The subject is required. (subject)"},
		"several":       {`{"errors":[{"message":"One."},{"message":""},{"message":"Two.","field":"from"}],"id":"x"}`, ": One.; Two. (from)"},
		"none":          {`{"errors":[]}`, " and gave no reason."},
		"empty":         {``, " and gave no reason."},
		"not JSON":      {`<html>Private Matter</html>`, " and gave no reason."},
		"another shape": {`{"errors":"Private Matter"}`, " and gave no reason."},
		"cut off":       {`{"errors":[{"message":"One."`, " and gave no reason."},

		"recipient's address": {`{"errors":[{"message":"Does not contain a valid address: <bob@example.com>, see bob%40example.com."}]}`, ": Does not contain a valid address: […] see […]"},
		"quoted address":      {`{"errors":[{"message":"Bad: \"bob builder\"@example.com"}]}`, ": Bad: […]"},
		"wide at sign":        {`{"errors":[{"message":"Bad: bob＠example.com or bob&#64;example.com"}]}`, ": Bad: […] or […]"},
		"names":               {`{"errors":[{"message":"No Bob Secret, no Ada Hidden."}]}`, ": No […], no […]."},
		"subject":             {`{"errors":[{"message":"Spam: New lead: Private Matter!"}]}`, ": Spam: […]!"},
		"API key":             {`{"errors":[{"message":"Unknown key ` + apiKey + `"}]}`, ": Unknown key […]"},
		"lines and colours":   {`{"errors":[{"message":"a\r\n\u001b[31mb\u202ec\u0000"}]}`, ": a [31mb c"},
		"at the limit":        {`{"errors":[{"message":"` + strings.Repeat("é", 500) + `"}]}`, ": " + strings.Repeat("é", 500)},
		"beyond the limit":    {`{"errors":[{"message":"` + strings.Repeat("é", 501) + `"}]}`, ": " + strings.Repeat("é", 499) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answering(t, say(rejected+test.body))
			require.Equal(t, finding+test.want, send(t, options(server.url)).Verdict.Message)
		})
	}
}

func TestWaitThatSendGridAsksFor(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 9, 12, 0, 0, 0, time.UTC)
	reset := func(in time.Duration) string { return fmt.Sprint(now.Add(in).Unix()) }
	date := func(in time.Duration) string { return now.Add(in).Format(http.TimeFormat) }
	for name, test := range map[string]struct {
		status  int
		headers string
		want    time.Duration
	}{
		"nothing said":         {429, "X-A: b", 0},
		"reset":                {429, "X-RateLimit-Reset: " + reset(90*time.Second), 90 * time.Second},
		"reset, canonical":     {429, "X-Ratelimit-Reset: " + reset(90*time.Second), 90 * time.Second},
		"reset, lower case":    {429, "x-ratelimit-reset: " + reset(90*time.Second), 90 * time.Second},
		"reset, upper case":    {429, "X-RATELIMIT-RESET:" + reset(90*time.Second) + "  ", 90 * time.Second},
		"reset now":            {429, "X-RateLimit-Reset: " + reset(0), 0},
		"reset in the past":    {429, "X-RateLimit-Reset: " + reset(-time.Hour), 0},
		"reset at the limit":   {429, "X-RateLimit-Reset: " + reset(time.Hour), time.Hour},
		"reset far away":       {429, "X-RateLimit-Reset: " + reset(30*24*time.Hour), time.Hour},
		"reset in 1970":        {429, "X-RateLimit-Reset: 30", 0},
		"reset never":          {429, "X-RateLimit-Reset: 9223372036854775807", time.Hour},
		"reset past 64 bits":   {429, "X-RateLimit-Reset: 99999999999999999999", time.Hour},
		"reset negative":       {429, "X-RateLimit-Reset: -1", 0},
		"reset garbage":        {429, "X-RateLimit-Reset: soon", 0},
		"reset fraction":       {429, "X-RateLimit-Reset: " + reset(time.Minute) + ".5", 0},
		"retry":                {429, "Retry-After: 5", 5 * time.Second},
		"retry zero":           {429, "Retry-After: 0", 0},
		"retry negative":       {429, "Retry-After: -1", 0},
		"retry 1e9":            {429, "Retry-After: 1e9", 0},
		"retry 30 days":        {429, "Retry-After: 2592000", time.Hour},
		"retry past 32 bits":   {429, "Retry-After: 4294967296", time.Hour},
		"retry past 64 bits":   {429, "Retry-After: 99999999999999999999", time.Hour},
		"retry date":           {429, "Retry-After: " + date(time.Minute), time.Minute},
		"retry date in past":   {429, "Retry-After: " + date(-time.Minute), 0},
		"retry date far away":  {429, "Retry-After: " + date(48*time.Hour), time.Hour},
		"reset later":          {429, "Retry-After: 5\r\nX-RateLimit-Reset: " + reset(time.Minute), time.Minute},
		"retry later":          {429, "Retry-After: 120\r\nX-RateLimit-Reset: " + reset(time.Minute), 2 * time.Minute},
		"retry garbage, reset": {429, "Retry-After: soon\r\nX-RateLimit-Reset: " + reset(time.Minute), time.Minute},
		"unavailable":          {503, "Retry-After: 5", 5 * time.Second},
		"unavailable, quota":   {503, "X-RateLimit-Reset: " + reset(time.Minute), 0},
		"other failure":        {500, "Retry-After: 5\r\nX-RateLimit-Reset: " + reset(time.Minute), 0},
		"rejection":            {400, "Retry-After: 5", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := answering(t, say(fmt.Sprintf("HTTP/1.1 %d Wait\r\n%s\r\nContent-Length: 0\r\n\r\n", test.status, test.headers)))
			timed := options(server.url)
			timed.Now = func() time.Time { return now }
			verdict := send(t, timed).Verdict
			require.Equal(t, test.want, verdict.RetryAfter)
			require.Equal(t, test.status, verdict.HTTPStatus)
		})
	}
}

func TestProviderMessageID(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"Yj_gYz5VSNyzy8EcIBzJ6g.filter-7.1": "Yj_gYz5VSNyzy8EcIBzJ6g.filter-7.1",
		"":                                  "",
		"bob@example.com":                   "",
		"two words":                         "",
		strings.Repeat("a", 129):            "",
	} {
		server := answering(t, say("HTTP/1.1 202 Accepted\r\nx-message-id: "+sent+"\r\nContent-Length: 0\r\n\r\n"))
		require.Equal(t, want, send(t, options(server.url)).ProviderMessageID)
	}
}
