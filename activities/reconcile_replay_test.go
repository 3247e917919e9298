package activities_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/internal/store"
	"leadrail/models"
)

// Somebody began a replay, run 2, and got no further.
func TestAReplayWithoutARunIsStarted(t *testing.T) {
	t.Parallel()
	begun := store.OpenLead{ID: "sub_1", RunSeq: 2}
	attempted, original := begun, begun
	attempted.Attempted, original.RunSeq = true, 1
	for name, c := range map[string]struct {
		lead    store.OpenLead
		state   activities.RunState
		err     error
		status  models.Status
		started bool
	}{
		"the run before has ended":      {begun, activities.RunState{End: activities.RunFailed, RunSeq: 1}, nil, models.StatusPending, true},
		"and was ended by force":        {begun, activities.RunState{End: activities.RunTerminated, RunSeq: 1}, nil, models.StatusPending, true},
		"it is past the retention":      {begun, activities.RunState{}, notFound(), models.StatusPending, true},
		"it goes on":                    {begun, activities.RunState{}, nil, models.StatusPending, false},
		"the replay's own is there":     {begun, activities.RunState{End: activities.RunFailed, RunSeq: 2}, nil, models.StatusPending, false},
		"the replay's own was, and got": {attempted, activities.RunState{}, notFound(), models.StatusPending, false},
		"it is no replay":               {original, activities.RunState{}, notFound(), models.StatusPending, false},
		"the lead ended meanwhile":      {begun, activities.RunState{End: activities.RunFailed, RunSeq: 1}, nil, models.StatusFailed, false},
		"Temporal is away":              {begun, activities.RunState{}, unavailable(), models.StatusPending, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRound(t, c.lead)
			r.owner.lead = models.Submission{ID: "sub_1", RunSeq: 2, Status: c.status}
			r.describe = func(context.Context, string) (activities.RunState, error) { return c.state, c.err }
			result, err := r.run()
			require.Equal(t, c.err != nil && models.CodeOf(c.err) != models.CodeNotFound, err != nil)
			if !c.started {
				require.Empty(t, r.started)
				return
			}
			require.Equal(t, activities.ReconcileResult{Looked: 1, Replayed: 1}, result)
			require.Empty(t, r.endings, "it is not failed")
			require.Equal(t, []models.Submission{r.owner.lead}, r.started)
			require.Contains(t, string(r.sealed[0]), `sub_1:{"id":"sub_1"`, "sealed for the lead, from its row")
			require.Contains(t, r.log.String(), `msg="a replay was started that had no run" submissionId=sub_1 runSeq=2`)
		})
	}
}

func TestAReplayThatCannotBeStartedIsLeftForTheNextRound(t *testing.T) {
	t.Parallel()
	r := newRound(t, store.OpenLead{ID: "sub_1", RunSeq: 2})
	r.owner.lead = models.Submission{ID: "sub_1", RunSeq: 2, Status: models.StatusPending}
	r.describe = func(context.Context, string) (activities.RunState, error) { return activities.RunState{}, notFound() }
	r.startErr = errors.New("it does not start")
	_, err := r.run()
	require.ErrorContains(t, err, "start replay of sub_1: it does not start")
	require.Empty(t, r.endings)
}
