package webhook_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// hungUp is a connection whose other side wrote answer and takes nothing.
type hungUp struct {
	net.Conn
	answer io.Reader
	cause  error
}

func (h *hungUp) Write([]byte) (int, error) {
	return 0, &net.OpError{Op: "write", Net: "tcp", Err: h.cause}
}

func (h *hungUp) Read(p []byte) (int, error) { return h.answer.Read(p) }

func TestAnAnswerBeforeTheWholeRequestCounts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer  string
		outcome models.Outcome
		code    models.ErrorCode
		status  int
	}{
		"delivered": {okEmpty, models.OutcomeDelivered, "", http.StatusOK},
		"gone":      {"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", models.OutcomeDisable, models.ErrorGone, http.StatusGone},
		"refused":   {"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", models.OutcomeRetry, models.ErrorHTTPStatus, http.StatusUnauthorized},
		"none":      {"", models.OutcomeRetry, models.ErrorConnectionReset, 0},
	}
	for name, test := range tests {
		for _, cause := range []error{syscall.EPIPE, syscall.ECONNRESET} {
			t.Run(name+" after "+cause.Error(), func(t *testing.T) {
				t.Parallel()
				client := webhook.NewClient(webhook.Options{
					Guard: webhook.NewGuard(netip.MustParsePrefix("127.0.0.0/8")),
					Dial: func(context.Context, string, string) (net.Conn, error) {
						own, other := net.Pipe()
						t.Cleanup(func() { _ = other.Close() })
						return &hungUp{Conn: own, answer: strings.NewReader(test.answer), cause: cause}, nil
					},
				})
				verdict := client.Post(t.Context(), webhook.Request{
					URL: "http://127.0.0.1:8080", ID: "dlv_1", Body: []byte(strings.Repeat("a", 1<<20)),
				}).Verdict
				require.Equal(t, test.outcome, verdict.Outcome)
				require.Equal(t, test.code, verdict.Code)
				require.Equal(t, test.status, verdict.HTTPStatus)
			})
		}
	}
}
