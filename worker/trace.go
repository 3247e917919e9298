package worker

import (
	"fmt"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
)

// Tracing carries traces from whoever starts a workflow through its tasks to its
// activities. It adds no command to a history, so runs may begin with it and go on
// without, or the reverse. A nil tracer traces nothing.
func Tracing(tracer trace.Tracer) ([]interceptor.ClientInterceptor, error) {
	if tracer == nil {
		return nil, nil
	}
	tracing, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		Tracer:                  tracer,
		TextMapPropagator:       propagation.TraceContext{},
		DisableBaggage:          true, // it is the caller's, and history is no place for it
		DisableQueryTracing:     true,
		AllowInvalidParentSpans: true, // no trace is worth a workflow
	})
	if err != nil {
		return nil, fmt.Errorf("trace workflows: %w", err)
	}
	return []interceptor.ClientInterceptor{tracing}, nil
}
