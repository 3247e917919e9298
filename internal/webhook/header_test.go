package webhook_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

func TestCheckHeaders(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		headers map[string]string
		code    string // of the only problem; "" for none
	}{
		"none":                   {nil, ""},
		"usual":                  {map[string]string{"Authorization": "Bearer abc", "X-Api-Key": "k", "accept": "*/*"}, ""},
		"empty value":            {map[string]string{"X-Empty": ""}, ""},
		"tab in value":           {map[string]string{"X-A": "a\tb"}, ""},
		"every token character":  {map[string]string{"!#$%&'*+-.^_`|~09azAZ": "x"}, ""},
		"empty name":             {map[string]string{"": "x"}, "invalid_name"},
		"space in name":          {map[string]string{"X A": "x"}, "invalid_name"},
		"colon in name":          {map[string]string{"X:A": "x"}, "invalid_name"},
		"line break in name":     {map[string]string{"X-A\r\nX-B": "x"}, "invalid_name"},
		"non-ASCII name":         {map[string]string{"X-Ä": "x"}, "invalid_name"},
		"line break in value":    {map[string]string{"X-A": "x\r\nX-B: y"}, "invalid_value"},
		"line feed at the end":   {map[string]string{"X-A": "x\n"}, "invalid_value"},
		"NUL in value":           {map[string]string{"X-A": "x\x00"}, "invalid_value"},
		"DEL in value":           {map[string]string{"X-A": "x\x7f"}, "invalid_value"},
		"non-ASCII value":        {map[string]string{"X-A": "ä"}, "invalid_value"},
		"case-blind duplicate":   {map[string]string{"X-A": "x", "x-a": "y"}, "duplicate"},
		"too many":               {manyHeaders(33), "too_large"},
		"as many as may be":      {manyHeaders(32), ""},
		"too long":               {map[string]string{"X-A": strings.Repeat("x", 8190)}, "too_large"},
		"as long as may be":      {map[string]string{"X-A": strings.Repeat("x", 8189)}, ""},
		"signature override":     {map[string]string{"Webhook-Signature": "v1,x"}, "reserved"},
		"anything of webhook-":   {map[string]string{"webhook-other": "x"}, "reserved"},
		"content type override":  {map[string]string{"content-TYPE": "text/plain"}, "reserved"},
		"transfer encoding":      {map[string]string{"Transfer-Encoding": "chunked"}, "reserved"},
		"host":                   {map[string]string{"HOST": "internal"}, "reserved"},
		"content length":         {map[string]string{"Content-Length": "0"}, "reserved"},
		"proxy authorization":    {map[string]string{"Proxy-Authorization": "x"}, "reserved"},
		"expect":                 {map[string]string{"Expect": "100-continue"}, "reserved"},
		"accept encoding":        {map[string]string{"Accept-Encoding": "gzip"}, "reserved"},
		"user agent":             {map[string]string{"user-agent": "x"}, "reserved"},
		"connection and upgrade": {map[string]string{"Upgrade": "h2c"}, "reserved"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := webhook.CheckHeaders(test.headers)
			if test.code == "" {
				require.NoError(t, err)
				return
			}
			requireRefusal(t, err, webhook.ReasonHeaders)
			var coded *models.Error
			require.ErrorAs(t, err, &coded)
			require.Len(t, coded.Fields, 1)
			require.Equal(t, test.code, coded.Fields[0].Code)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestCheckHeadersReportsEachHeaderWithoutItsValue(t *testing.T) {
	t.Parallel()
	err := webhook.CheckHeaders(map[string]string{"Host": marker, "X-B": marker + "\n", "X-A": "fine"})
	require.EqualError(t, err, `Some custom headers cannot be sent: headers."Host": is set by Leadrail or belongs to the connection; remove it; `+
		`headers."X-B": has a line break, a control character or a non-ASCII character in its value`)
}

func TestPostSendsOneWellFormedRequest(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	}))
	t.Cleanup(server.Close)

	response := newClient(webhook.Limits{}).Post(t.Context(), webhook.Request{
		URL:  server.URL + "/a%2Fb?c=d",
		ID:   "dlv_42",
		Body: []byte("{\"a\": \"\xff\u2028\"}\n"),
		Now:  time.Unix(1_800_000_000, 999),
		Keys: []models.SigningKey{[]byte("0123456789abcdef0123456789abcdef")},
		Headers: map[string]string{
			"authorization": "Bearer abc", "Idempotency-Key": "k",
			"Content-Type": "text/plain", "WEBHOOK-ID": "forged", "Webhook-Signature": "v1,forged", "Host": "internal", "Content-Length": "1",
			"Transfer-Encoding": "chunked", "User-Agent": "forged", "X-Bad": "a\r\nb", "Connection": "keep-alive",
		},
	})

	require.True(t, response.Verdict.Delivered(), response.Verdict.Message)
	require.Equal(t, []byte("{\"a\": \"\xff\u2028\"}\n"), body)
	require.Equal(t, "POST /a%2Fb?c=d HTTP/1.1", fmt.Sprintf("%s %s %s", got.Method, got.RequestURI, got.Proto))
	require.Equal(t, strings.TrimPrefix(server.URL, "http://"), got.Host)
	require.EqualValues(t, len(body), got.ContentLength)
	require.Equal(t, http.Header{
		"Content-Type":      {"application/json"},
		"Content-Length":    {fmt.Sprint(len(body))},
		"User-Agent":        {"Leadrail/1"},
		"Accept-Encoding":   {"identity"},
		"Webhook-Id":        {"dlv_42"},
		"Webhook-Timestamp": {"1800000000"},
		"Webhook-Signature": {"v1,86b+su7xEhGYC5Nc0Yh8PSv0d8aamsOjtVAdwR5FNAM="},
		"Authorization":     {"Bearer abc"},
		"Idempotency-Key":   {"k"},
		"Connection":        {"close"},
	}, got.Header)
	require.Equal(t, server.Listener.Addr().String(), response.Address.String())
}

func manyHeaders(count int) map[string]string {
	headers := make(map[string]string, count)
	for i := range count {
		headers[fmt.Sprintf("X-%d", i)] = "x"
	}
	return headers
}
