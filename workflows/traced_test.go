package workflows_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"leadrail/worker"
	"leadrail/workflows"
)

// tracing is what a worker with traces has between itself and the workflows.
func tracing(t *testing.T) ([]interceptor.WorkerInterceptor, *tracetest.SpanRecorder) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	made, err := worker.Tracing(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("test"))
	require.NoError(t, err)
	require.Len(t, made, 1)
	return []interceptor.WorkerInterceptor{made[0].(interceptor.WorkerInterceptor)}, spans
}

// Runs that began without traces go on with them.
func TestHistoriesReplayWithTraces(t *testing.T) {
	t.Parallel()
	interceptors, _ := tracing(t)
	for _, file := range recorded(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			replayer, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{Interceptors: interceptors})
			require.NoError(t, err)
			replayer.RegisterWorkflowWithOptions(workflows.Capture, workflow.RegisterOptions{Name: workflows.CaptureName})
			replayer.RegisterWorkflowWithOptions(workflows.Replay, workflow.RegisterOptions{Name: workflows.ReplayName})
			quiet := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(quiet, file))
		})
	}
}

func TestEveryStepOfARunIsInItsTrace(t *testing.T) {
	t.Parallel()
	r := newRun(t, standard("crm"))
	interceptors, spans := tracing(t)
	r.env.SetWorkerOptions(sdkworker.Options{Interceptors: interceptors, DeadlockDetectionTimeout: time.Minute})
	require.NoError(t, r.execute())
	names, traces := map[string]bool{}, map[string]bool{}
	for _, span := range spans.Ended() {
		names[span.Name()] = true
		traces[span.SpanContext().TraceID().String()] = true
	}
	require.Len(t, traces, 1)
	for _, name := range []string{"RunWorkflow:Capture", "StartActivity:DeliverWebhook", "RunActivity:DeliverWebhook"} {
		require.Contains(t, names, name)
	}
}
