package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestALeadIsSentAgainUnderItsKey(t *testing.T) {
	t.Parallel()
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // an error means that less was sent, which shows
		sent = append(sent, r.Header.Get("Idempotency-Key")+" "+string(body))
		if len(sent) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"submissionId":"sub_1"}`) // an error means that the test has ended
	}))
	t.Cleanup(server.Close)
	progress, err := (&Leadrail{URL: server.URL, Key: "lr_key"}).Capture(t.Context(), "conv_1/form_1", Lead{FormID: "form_1"})
	require.NoError(t, err)
	require.Equal(t, "sub_1", progress.SubmissionID)
	require.Len(t, sent, 2)
	require.Contains(t, sent[0], `conv_1/form_1 {"formId":"form_1"`)
	require.Equal(t, sent[0], sent[1])
}

func TestWhenALeadIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err   error
		wait  time.Duration
		again bool
	}{
		"accepted":     {nil, 0, false},
		"no answer":    {io.ErrUnexpectedEOF, retryWait, true},
		"busy":         {&RefusalError{Status: 503, RetryAfter: 7 * time.Second}, 7 * time.Second, true},
		"no problem":   {errors.Join(io.EOF, &RefusalError{Status: 502}), retryWait, true},
		"too many":     {&RefusalError{Status: 429}, retryWait, true},
		"wrong":        {&RefusalError{Status: 422}, retryWait, false},
		"another lead": {&RefusalError{Status: 409}, retryWait, false},
	} {
		wait, again := waitAfter(c.err)
		require.Equal(t, c.again, again, name)
		if again {
			require.Equal(t, c.wait, wait, name)
		}
	}
}
