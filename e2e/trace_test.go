package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
)

// One trace shows a lead from its request to the webhook that took it, and tells
// nobody else of it. With LEADRAIL_TRACE_OUT it is written to that file, for
// people to look at.
func TestOneTraceShowsALeadFromRequestToWebhook(t *testing.T) {
	t.Parallel()
	collector := newTraceCollector(t)
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8", "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_BSP_SCHEDULE_DELAY=100")
	leadrail := m.up()
	var attempts, traced atomic.Int64
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("traceparent")+r.Header.Get("tracestate")+r.Header.Get("baggage") != "" {
			traced.Add(1)
		}
		if attempts.Add(1) == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(endpoint.Close)
	const email = "ada.traced@example.com"
	id := m.submit(m.createForm("traced", endpoint.URL+"/hook"), email)
	m.waitFor(id, "completed", time.Minute)

	var trace []*spans.Span
	require.Eventually(t, func() bool {
		trace = collector.trace("leadrail.submission.id", id)
		return spansNamed(trace, "RunWorkflow:Capture") == 1
	}, time.Minute, pollEvery, "the run ends last")
	if path := os.Getenv("LEADRAIL_TRACE_OUT"); path != "" {
		require.NoError(t, os.WriteFile(path, []byte(tree(trace)), 0o644))
	}
	require.Equal(t, 1, spansNamed(trace, "POST /v1/submissions"), tree(trace))
	require.Equal(t, 1, spansNamed(trace, "StartWorkflow:Capture"), tree(trace))
	require.Equal(t, 2, spansNamed(trace, "RunActivity:DeliverWebhook"), tree(trace))
	require.Equal(t, 2, spansNamed(trace, "attempt webhook"), tree(trace))
	require.Equal(t, "POST /v1/submissions", trace[0].GetName())
	requireOneRoot(t, trace)

	require.EqualValues(t, 2, attempts.Load())
	require.Zero(t, traced.Load(), "a third party is told nothing of the trace")
	require.Equal(t, 0, leadrail.stop())
	require.NotContains(t, collector.text(), email)
	require.NotContains(t, collector.text(), "/hook")
}

func spansNamed(trace []*spans.Span, name string) int {
	found := 0
	for _, span := range trace {
		if span.GetName() == name {
			found++
		}
	}
	return found
}

// requireOneRoot insists that every span but the first hangs on another.
func requireOneRoot(t *testing.T, trace []*spans.Span) {
	t.Helper()
	known := map[string]bool{}
	for _, span := range trace {
		known[string(span.GetSpanId())] = true
	}
	require.Empty(t, trace[0].GetParentSpanId())
	for _, span := range trace[1:] {
		require.True(t, known[string(span.GetParentSpanId())], "%s hangs in the air\n%s", span.GetName(), tree(trace))
	}
}
