package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"leadrail/api"
	"leadrail/internal/telemetry"
	"leadrail/workflows"
)

// watched is a service under the eyes of a watch.
func watched(t *testing.T) (*service, *telemetry.Watch, *tracetest.SpanRecorder) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	watch := telemetry.NewWatch(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("test"))
	s := newService(t)
	s.dependencies.Watch, s.dependencies.Leads.Watch = watch, watch
	s.handler = api.NewHandler(s.dependencies)
	return s, watch, spans
}

func (s *service) metrics(watch *telemetry.Watch) string {
	answer := httptest.NewRecorder()
	handler := telemetry.NewHandler(telemetry.Sources{Intake: s.store.IntakeDepth, Deliveries: s.store.DeliveryDepth, Watch: watch})
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	return answer.Body.String()
}

func TestSubmissionsAreCountedByTheWayTheyTook(t *testing.T) {
	t.Parallel()
	s, watch, _ := watched(t)
	formID := s.create(t, aForm("contact"))
	lead := object{"formId": formID, "formData": object{"email": "ada@example.com"}}
	s.submit(t, lead)
	for range 3 {
		s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions", sending(t, lead), with("Idempotency-Key", "k1"))
	}
	s.runs.startCapture = func(context.Context, workflows.CaptureInput, workflows.Labels) error { return temporalAway() }
	s.submit(t, lead)
	s.read(t, http.StatusUnprocessableEntity, http.MethodPost, "/v1/submissions",
		sending(t, object{"formId": formID, "formData": object{"emial": "x"}}))
	s.read(t, http.StatusNotFound, http.MethodPost, "/v1/submissions", sending(t, object{"formId": "form_none", "formData": object{}}))

	text := s.metrics(watch)
	for _, line := range []string{
		`leadrail_accepted_total{way="temporal"} 2`,
		`leadrail_accepted_total{way="repeat"} 2`,
		`leadrail_accepted_total{way="intake"} 1`,
		`leadrail_refused_total{code="invalid"} 1`,
		`leadrail_refused_total{code="not_found"} 1`,
		`leadrail_http_request_duration_seconds_count{method="POST",route="/v1/submissions",status="202"} 5`,
		`leadrail_http_request_duration_seconds_count{method="POST",route="/v1/submissions",status="422"} 1`,
	} {
		require.Contains(t, text, line+"\n")
	}
}

func TestRequestsAreSeenByRouteNotByPath(t *testing.T) {
	t.Parallel()
	s, watch, spans := watched(t)
	formID := s.create(t, aForm("contact"))
	s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+formID)
	s.callUnchecked(http.MethodGet, "/v1/nothing/ada@example.com?secret=x")
	s.callUnchecked(http.MethodGet, "/v1/forms/"+formID) // without a key

	text := s.metrics(watch)
	for _, line := range []string{
		`leadrail_http_request_duration_seconds_count{method="GET",route="/v1/forms/:id",status="200"} 1`,
		`leadrail_http_request_duration_seconds_count{method="GET",route="/v1/forms/:id",status="401"} 1`,
		`leadrail_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1`,
	} {
		require.Contains(t, text, line+"\n")
	}
	require.NotContains(t, text, formID)
	var names []string
	for _, span := range spans.Ended() {
		names = append(names, span.Name())
		for _, attribute := range span.Attributes() {
			require.NotContains(t, attribute.Value.String(), "ada@example.com")
		}
	}
	require.Equal(t, []string{"POST /v1/forms", "GET /v1/forms/:id", "GET none", "GET /v1/forms/:id"}, names)
}

// A stream counts as soon as it is open: how long somebody listens says nothing of
// how fast the service is.
func TestAStreamIsMeasuredToItsBeginning(t *testing.T) {
	t.Parallel()
	s, watch, spans := watched(t)
	lead, _ := s.webhookLead(t)
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	stream := openStream(t, server, lead, "")
	require.Equal(t, "pending", readEvent(t, stream.lines).data["status"])
	const line = `leadrail_http_request_duration_seconds_count{method="GET",route="/v1/submissions/:id/events",status="200"} 1` + "\n"
	require.Contains(t, s.metrics(watch), line)
	require.Equal(t, "GET /v1/submissions/:id/events", spans.Ended()[len(spans.Ended())-1].Name())

	s.failLead(t, lead)
	for readEvent(t, stream.lines).name != "" {
		continue
	}
	server.Close() // waits for the handler
	require.Contains(t, s.metrics(watch), line, "once")
}

func TestTheTraceOfARequestReachesTheWorkflow(t *testing.T) {
	t.Parallel()
	s, _, spans := watched(t)
	formID := s.create(t, aForm("contact"))
	var started trace.SpanContext
	s.runs.startCapture = func(ctx context.Context, _ workflows.CaptureInput, _ workflows.Labels) error {
		started = trace.SpanContextFromContext(ctx)
		return nil
	}
	id := s.submit(t, object{"formId": formID, "formData": object{"email": "ada@example.com"}})
	request := spans.Ended()[len(spans.Ended())-1]
	require.Equal(t, request.SpanContext(), started)
	require.Contains(t, request.Attributes(), attribute.String("leadrail.submission.id", id))
}
