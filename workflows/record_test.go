package workflows_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"leadrail/internal/id"
	"leadrail/worker"
	"leadrail/workflows"
)

var (
	record          = flag.Bool("record", false, "record the histories anew, on a real Temporal server")
	temporalAddress = flag.String("temporal-address", "127.0.0.1:7233", "the server to record on")
)

// namespace is where the histories are recorded.
const namespace = "default"

// TestRecordHistories writes testdata/histories, one file per scenario:
//
//	go test ./workflows -run TestRecordHistories -record -temporal-address 127.0.0.1:7233
//
// It has a task queue of its own, so the server may be that of a running
// `leadrail up`.
func TestRecordHistories(t *testing.T) {
	if !*record {
		t.Skip("only with -record")
	}
	r := newRecorder(t)
	for name, scenario := range scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.record(t, name, scenario)
		})
	}
}

// recorder runs scenarios on a real server.
type recorder struct{ temporal client.Client }

func newRecorder(t *testing.T) recorder {
	t.Helper()
	temporal, err := client.DialContext(t.Context(), client.Options{
		HostPort: *temporalAddress, Namespace: namespace, Identity: "recorder", // not this machine's name
		Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	require.NoError(t, worker.RegisterSearchAttributes(t.Context(), temporal, namespace))
	return recorder{temporal: temporal}
}

// record plays one scenario and keeps its history.
func (r recorder) record(t *testing.T, name string, s scenario) {
	t.Helper()
	queue := "record-" + name
	w := sdkworker.New(r.temporal, queue, sdkworker.Options{DisableRegistrationAliasing: true})
	w.RegisterWorkflowWithOptions(workflows.Capture, workflow.RegisterOptions{Name: workflows.CaptureName})
	w.RegisterWorkflowWithOptions(workflows.Replay, workflow.RegisterOptions{Name: workflows.ReplayName})
	w.RegisterActivity(&s.effects)
	require.NoError(t, w.Start())
	defer w.Stop()

	options := client.StartWorkflowOptions{
		ID: workflows.CaptureID(id.New(id.Submission)), TaskQueue: queue, EnableEagerStart: true,
		StaticSummary: "contact of agent_1",
	}
	start, in := workflows.CaptureName, any(input())
	if s.bulk != nil {
		options.ID, start, in = workflows.ReplayID(id.New(id.Replay)), workflows.ReplayName, *s.bulk
	}
	run, err := r.temporal.ExecuteWorkflow(t.Context(), options, start, in)
	require.NoError(t, err)
	if s.interfere != nil {
		s.interfere(t, r.temporal, run.GetID())
	}
	err = run.Get(t.Context(), nil)
	require.Equal(t, s.fails, err != nil, "%v", err)
	r.write(t, run, filepath.Join(histories, name+".json"))
}

func (r recorder) write(t *testing.T, run client.WorkflowRun, path string) {
	t.Helper()
	var events history.History
	iterator := r.temporal.GetWorkflowHistory(t.Context(), run.GetID(), run.GetRunID(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iterator.HasNext() {
		event, err := iterator.Next()
		require.NoError(t, err)
		events.Events = append(events.Events, event)
	}
	compact, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(&events)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, json.Indent(&text, compact, "", "  "))
	text.WriteByte('\n')
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, text.Bytes(), 0o644))
}

// waitUntil asks a run where it stands until it is as wanted.
func waitUntil(t *testing.T, temporal client.Client, workflowID string, wanted func(workflows.State) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		var state workflows.State
		value, err := temporal.QueryWorkflow(t.Context(), workflowID, "", workflows.StateQuery)
		return err == nil && value.Get(&state) == nil && wanted(state)
	}, time.Minute, 50*time.Millisecond)
}

// update sends an update and waits for its result.
func update(t *testing.T, temporal client.Client, workflowID, name string, in any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	handle, err := temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflowID, UpdateName: name, Args: []any{in}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	require.NoError(t, err)
	require.NoError(t, handle.Get(ctx, nil))
}
