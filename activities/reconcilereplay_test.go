package activities_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/store"
)

// OpenReplays implements activities.OpenReplays.
func (r *round) OpenReplays(_ context.Context, madeBefore time.Time) ([]string, error) {
	if !madeBefore.Equal(r.now().Add(-15 * time.Second)) {
		return nil, errors.New("not those that had time to start")
	}
	return slices.Sorted(maps.Keys(r.replays)), nil
}

// DescribeReplay implements activities.ReplayRuns.
func (r *round) DescribeReplay(_ context.Context, replayID string) (activities.RunEnd, error) {
	return r.replays[replayID], r.replayErr
}

// FailReplay implements activities.OpenReplays. One has ended meanwhile.
func (r *round) FailReplay(_ context.Context, id, reason string, at time.Time) (bool, error) {
	if !at.Equal(start) {
		return false, errors.New("not by our clock")
	}
	r.endedReplay = append(r.endedReplay, id+": "+reason)
	return id != "rpl_done", nil
}

func TestAReplayOfManyEndsWithItsWorkflow(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	r.replays = map[string]activities.RunEnd{
		"rpl_1": activities.RunTerminated, "rpl_2": "", "rpl_3": activities.RunLost, "rpl_done": activities.RunCompleted,
	}
	result, err := r.run()
	require.NoError(t, err)
	require.Equal(t, activities.ReconcileResult{EndedReplays: 2}, result)
	const rest = " before all leads had begun anew; replay the rest"
	require.Equal(t, []string{
		"rpl_1: workflow_terminated: somebody terminated the workflow" + rest,
		"rpl_3: workflow_lost: the workflow disappeared from Temporal" + rest,
		"rpl_done: workflow_completed: the workflow ended" + rest,
	}, r.endedReplay)
	require.Contains(t, r.log.String(), `level=ERROR msg="replay failed" replayId=rpl_1`)
	require.NotContains(t, r.log.String(), "rpl_done")
}

func TestAReplayOfManyIsLeftWhileTemporalIsAway(t *testing.T) {
	t.Parallel()
	r := newRound(t, openLeads(1)...)
	r.due = []store.DueAlert{aDueAlert("form_1")}
	r.replays = map[string]activities.RunEnd{"rpl_1": activities.RunLost}
	r.replayErr = unavailable()
	_, err := r.run()
	require.ErrorContains(t, err, "look at replay rpl_1")
	require.Empty(t, r.endedReplay)
	require.Len(t, r.mails, 1, "and nothing else is kept back")
}
