package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"leadrail/models"
)

// Watch counts what a process does and, where there are traces, traces it. It
// implements what the watched parts ask for, and is safe for concurrent use.
type Watch struct {
	counters counters
	tracer   trace.Tracer
}

// NewWatch makes a Watch that has seen nothing. A nil tracer traces nothing.
func NewWatch(tracer trace.Tracer) *Watch {
	if tracer == nil {
		tracer = noop.Tracer{}
	}
	return &Watch{counters: newCounters(), tracer: tracer}
}

// start begins a span. A Watch hands out the function that ends it, and whoever
// is watched calls that.
func (w *Watch) start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	return w.tracer.Start(ctx, name, options...) //nolint:spancheck // ended by the function that is handed out
}

// Attributes of spans that are ours; the others have the names of OpenTelemetry's
// semantic conventions.
const (
	submissionKey = attribute.Key("leadrail.submission.id")
	deliveryKey   = attribute.Key("leadrail.delivery.id")
	attemptKey    = attribute.Key("leadrail.attempt")
	outcomeKey    = attribute.Key("leadrail.outcome")
	wayKey        = attribute.Key("leadrail.way")
)

// Accepted implements leads.Watch.
func (w *Watch) Accepted(ctx context.Context, submissionID, way string) {
	w.counters.accepted.WithLabelValues(way).Inc()
	trace.SpanFromContext(ctx).SetAttributes(submissionKey.String(submissionID), wayKey.String(way))
}

// Refused implements leads.Watch.
func (w *Watch) Refused(code string) { w.counters.refused.WithLabelValues(code).Inc() }

// Relay begins a trace of a lead that leaves the intake: the request that put it
// there has long been answered, and the two traces share the submission's id. The
// end counts it where its workflow is fresh.
func (w *Watch) Relay(ctx context.Context, submissionID string) (relaying context.Context, end func(fresh bool)) {
	ctx, span := w.start(ctx, "relay lead", trace.WithNewRoot(), trace.WithAttributes(submissionKey.String(submissionID)))
	return ctx, func(fresh bool) {
		if fresh {
			w.counters.relayed.Inc()
		}
		span.End()
	}
}

// PutOff implements activities.Watch.
func (w *Watch) PutOff() { w.counters.putOff.Inc() }

// Attempted implements activities.Watch. Work of a page is counted alone: how long it
// takes is a visitor's.
func (w *Watch) Attempted(delivery models.Delivery, attempt models.Attempt, submittedAt time.Time) {
	kind := string(delivery.Type)
	w.counters.attempts.WithLabelValues(kind, string(attempt.Outcome), string(attempt.ErrorCode)).Inc()
	if delivery.Type == models.ActionClient {
		return
	}
	if attempt.ErrorCode != models.ErrorActionDisabled { // no request was made
		w.counters.attemptTime.WithLabelValues(kind).Observe(float64(attempt.DurationMS) / 1000)
	}
	if attempt.Verdict().Delivered() && attempt.FinishedAt != nil {
		w.counters.age.Observe(max(attempt.FinishedAt.Sub(submittedAt).Seconds(), 0))
	}
}
