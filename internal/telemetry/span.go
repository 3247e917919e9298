package telemetry

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"leadrail/models"
)

// Words for what has no bounded name of its own.
const (
	noRoute     = "none"
	otherMethod = "_OTHER"
)

// Request implements api.Watch. The trace goes on from the caller's traceparent;
// its tracestate is the caller's own text and is left behind.
func (w *Watch) Request(r *http.Request, route string) (ctx context.Context, done func(status int)) {
	start, method := time.Now(), methodOf(r)
	if route == "" {
		route = noRoute
	}
	caller := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	parent := trace.SpanContextFromContext(caller).WithTraceState(trace.TraceState{})
	ctx, span := w.start(trace.ContextWithRemoteSpanContext(r.Context(), parent), method+" "+route,
		trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route)),
	)
	return ctx, func(status int) {
		w.counters.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(time.Since(start).Seconds())
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// methodOf is the request's method, unless a stranger made it up.
func methodOf(r *http.Request) string {
	known := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	}
	if slices.Contains(known, r.Method) {
		return r.Method
	}
	return otherMethod
}

// Sending implements activities.Watch. The span's context stays inside: no
// endpoint is sent a traceparent.
func (w *Watch) Sending(ctx context.Context, delivery models.Delivery, n int, host string) (context.Context, func(models.Attempt)) {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ctx, span := w.start(ctx, "attempt "+string(delivery.Type),
		trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(
			submissionKey.String(delivery.SubmissionID), deliveryKey.String(delivery.ID), attemptKey.Int(n),
			attribute.String("server.address", host),
		),
	)
	return ctx, func(attempt models.Attempt) {
		span.SetAttributes(outcomeKey.String(string(attempt.Outcome)))
		if attempt.HTTPStatus != 0 {
			span.SetAttributes(attribute.Int("http.response.status_code", attempt.HTTPStatus))
		}
		if !attempt.Verdict().Delivered() {
			span.SetAttributes(attribute.String("error.type", string(attempt.ErrorCode)))
			span.SetStatus(codes.Error, string(attempt.ErrorCode))
		}
		span.End()
	}
}
