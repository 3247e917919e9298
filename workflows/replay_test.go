package workflows_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"leadrail/workflows"
)

// histories is where TestRecordHistories leaves what real runs did.
const histories = "testdata/histories"

// recorded lists the recorded histories.
func recorded(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(histories, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "record them, see TestRecordHistories")
	return files
}

// replay runs the workflow of its name against a recorded history.
func replay(capture, bulk any, file string) error {
	replayer := worker.NewWorkflowReplayer()
	replayer.RegisterWorkflowWithOptions(capture, workflow.RegisterOptions{Name: workflows.CaptureName})
	replayer.RegisterWorkflowWithOptions(bulk, workflow.RegisterOptions{Name: workflows.ReplayName})
	quiet := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	return replayer.ReplayWorkflowHistoryFromJSONFile(quiet, file)
}

// TestHistoriesReplay is what keeps a new release from breaking the runs that
// the old one began. Where it fails, the change belongs behind
// workflow.GetVersion; a history is recorded anew only when no run of its kind
// can be left anywhere.
func TestHistoriesReplay(t *testing.T) {
	t.Parallel()
	for _, file := range recorded(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			require.NoError(t, replay(workflows.Capture, workflows.Replay, file))
		})
	}
}

func TestReplayNoticesOtherCommands(t *testing.T) {
	t.Parallel()
	impatient := func(workflow.Context, map[string]any) error { return nil }
	for _, file := range recorded(t) {
		require.Error(t, replay(impatient, impatient, file), file)
	}
}

func TestEveryScenarioIsRecorded(t *testing.T) {
	t.Parallel()
	var want []string
	for name := range scenarios() {
		want = append(want, filepath.Join(histories, name+".json"))
	}
	require.ElementsMatch(t, want, recorded(t))
}
