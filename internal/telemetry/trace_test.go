package telemetry_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"leadrail/internal/telemetry"
	"leadrail/models"
)

// traced is a watch whose spans are kept.
func traced() (*telemetry.Watch, *tracetest.SpanRecorder) {
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	return telemetry.NewWatch(provider.Tracer("test")), spans
}

// attributesOf are the attributes of a span by name.
func attributesOf(span sdktrace.ReadOnlySpan) map[string]string {
	found := map[string]string{}
	for _, each := range span.Attributes() {
		found[string(each.Key)] = each.Value.String()
	}
	return found
}

func TestTracesAreOffUnlessAskedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		environment map[string]string
		on          bool
		problem     string
	}{
		"nothing said":    {},
		"a collector":     {environment: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, on: true},
		"for traces":      {environment: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1"}, on: true},
		"the usual one":   {environment: map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, on: true},
		"no exporter":     {environment: map[string]string{"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}},
		"switched off":    {environment: map[string]string{"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}},
		"other exporter":  {environment: map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, problem: `OTEL_TRACES_EXPORTER: "zipkin" is neither otlp nor none`},
		"other transport": {environment: map[string]string{"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, problem: `OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" is not spoken here, http/protobuf is`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			getenv := func(variable string) string { return test.environment[variable] }
			traces, err := telemetry.StartTraces(t.Context(), getenv, slog.New(slog.DiscardHandler))
			if test.problem != "" {
				require.EqualError(t, err, test.problem)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.on, traces.Tracer() != nil)
			traces.Stop(t.Context())
		})
	}
}

func TestARequestGoesOnWithItsCallersTrace(t *testing.T) {
	t.Parallel()
	watch, spans := traced()
	request := httptest.NewRequest(http.MethodGet, "/v1/forms/form_1?secret=x", http.NoBody)
	request.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	request.Header.Set("tracestate", "vendor=ada@example.com")
	ctx, done := watch.Request(request, "/v1/forms/:id")
	require.Empty(t, trace.SpanContextFromContext(ctx).TraceState().String(), "it would end up in workflow history")
	done(http.StatusInternalServerError)

	require.Len(t, spans.Ended(), 1)
	span := spans.Ended()[0]
	require.Equal(t, "GET /v1/forms/:id", span.Name())
	require.Equal(t, "0af7651916cd43dd8448eb211c80319c", span.SpanContext().TraceID().String())
	require.Equal(t, "b7ad6b7169203331", span.Parent().SpanID().String())
	require.Equal(t, codes.Error, span.Status().Code)
	require.Equal(t, map[string]string{
		"http.request.method": "GET", "http.route": "/v1/forms/:id", "http.response.status_code": "500",
	}, attributesOf(span))
}

func TestARelayedLeadHasATraceOfItsOwn(t *testing.T) {
	t.Parallel()
	watch, spans := traced()
	request, done := watch.Request(httptest.NewRequest(http.MethodPost, "/v1/submissions", http.NoBody), "/v1/submissions")
	watch.Accepted(request, "sub_1", "intake")
	done(http.StatusAccepted)
	_, end := watch.Relay(request, "sub_1")
	end(true)

	accepted, relayed := spans.Ended()[0], spans.Ended()[1]
	require.NotEqual(t, accepted.SpanContext().TraceID(), relayed.SpanContext().TraceID())
	require.Equal(t, "intake", attributesOf(accepted)["leadrail.way"])
	for _, span := range spans.Ended() {
		require.Contains(t, span.Attributes(), attribute.String("leadrail.submission.id", "sub_1"))
	}
}

func TestTheSpanOfAnAttempt(t *testing.T) {
	t.Parallel()
	watch, spans := traced()
	delivery := models.Delivery{ID: "dlv_1", SubmissionID: "sub_1", Type: models.ActionWebhook}
	_, sent := watch.Sending(t.Context(), delivery, 2, "hooks.example.com:8443")
	sent(models.Attempt{
		Outcome: models.OutcomeRetry, ErrorCode: models.ErrorHTTPStatus, HTTPStatus: 500,
		Error: "ada@example.com is unknown", Response: "no ada@example.com here",
	})
	span := spans.Ended()[0]
	require.Equal(t, trace.SpanKindClient, span.SpanKind())
	require.Equal(t, sdktrace.Status{Code: codes.Error, Description: "http_status"}, span.Status())
	require.Equal(t, map[string]string{
		"leadrail.submission.id": "sub_1", "leadrail.delivery.id": "dlv_1", "leadrail.attempt": "2", "leadrail.outcome": "retry",
		"server.address": "hooks.example.com", "http.response.status_code": "500", "error.type": "http_status",
	}, attributesOf(span))
}
