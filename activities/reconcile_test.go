package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"leadrail/activities"
	"leadrail/internal/store"
	"leadrail/models"
)

// round is one round of the reconciler, with leads that nobody ended yet and
// runs that go on unless they say otherwise.
type round struct {
	*owner

	open     []store.OpenLead
	takeErr  error
	endErr   error
	describe func(ctx context.Context, submissionID string) (activities.RunState, error)

	undelivered activities.Undelivered
	// replays are those of many leads that have not ended, by how their workflows
	// have.
	replays     map[string]activities.RunEnd
	replayErr   error
	endedReplay []string

	taken   []store.OpenLeads
	endings []store.Ending

	// reported are leads whose runs have not heard of their page's result, tell how
	// each takes it.
	reported  []string
	tell      func(submissionID string) error
	signalled []string
	now       func() time.Time

	startErr error
	mu       sync.Mutex
	started  []models.Submission
	sealed   []models.Sealed
}

func newRound(t *testing.T, open ...store.OpenLead) *round {
	t.Helper()
	return &round{
		owner: newOwner(t), open: open,
		describe: func(context.Context, string) (activities.RunState, error) { return activities.RunState{}, nil },
		tell:     func(string) error { return nil },
		now:      now,
	}
}

// openLead is a lead whose second run has made an attempt.
func openLead(id string) store.OpenLead { return store.OpenLead{ID: id, RunSeq: 2, Attempted: true} }

func openLeads(count int) []store.OpenLead {
	leads := make([]store.OpenLead, count)
	for i := range leads {
		leads[i] = openLead(fmt.Sprintf("sub_%d", i))
	}
	return leads
}

// TakeOpenLeads implements activities.ReconcileStore.
func (r *round) TakeOpenLeads(_ context.Context, filter store.OpenLeads) ([]store.OpenLead, error) {
	r.taken = append(r.taken, filter)
	batch := r.open[:min(filter.Limit, len(r.open))]
	r.open = r.open[len(batch):]
	return batch, r.takeErr
}

// EndLeads implements activities.ReconcileStore.
func (r *round) EndLeads(_ context.Context, endings []store.Ending, at time.Time) ([]store.EndedLead, error) {
	if !at.Equal(start) {
		return nil, errors.New("not by our clock")
	}
	r.endings = append(r.endings, endings...)
	ended := make([]store.EndedLead, len(endings))
	for i, ending := range endings {
		ended[i] = store.EndedLead{
			ID: ending.SubmissionID, FormID: "form_1", Status: models.StatusFailed, FailureReason: ending.Reason,
		}
	}
	return ended, r.endErr
}

// Describe implements activities.Runs.
func (r *round) Describe(ctx context.Context, submissionID string) (activities.RunState, error) {
	return r.describe(ctx, submissionID)
}

// StartReplay implements activities.Runs.
func (r *round) StartReplay(_ context.Context, lead models.Submission, sealed models.Sealed) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started, r.sealed = append(r.started, lead), append(r.sealed, sealed)
	return r.startErr
}

// UntakenClientResults implements activities.ReconcileStore.
func (r *round) UntakenClientResults(_ context.Context, before time.Time, limit int) ([]string, error) {
	if !before.Equal(start.Add(-10 * time.Second)) {
		return nil, errors.New("not those that were there a while ago")
	}
	return r.reported[:min(limit, len(r.reported))], nil
}

// SignalClientResult implements activities.Runs.
func (r *round) SignalClientResult(_ context.Context, submissionID string) error {
	r.signalled = append(r.signalled, submissionID)
	return r.tell(submissionID)
}

// Seal implements activities.Sealer.
func (r *round) Seal(plain []byte, owner string) models.Sealed {
	return models.Sealed(owner + ":" + string(plain))
}

func (r *round) run() (activities.ReconcileResult, error) {
	r.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(time.Minute) // a busy machine is not a hang
	reconcile := &activities.Reconcile{
		Store: r, Runs: r, Sealer: r, Alert: r.alert(), Log: r.logger(), Now: r.now, Settle: 15 * time.Second,
		Replays:     activities.Replays{Store: r, Runs: r, Log: r.logger(), Settle: 15 * time.Second},
		Undelivered: r.undelivered,
	}
	env.RegisterActivity(reconcile)
	value, err := env.ExecuteActivity(reconcile.ReconcileLeads)
	var result activities.ReconcileResult
	if err == nil {
		require.NoError(r.t, value.Get(&result))
	}
	return result, err
}

func notFound() error { return models.Errorf(models.CodeNotFound, "There is no such submission.") }

func unavailable() error { return models.Errorf(models.CodeUnavailable, "Temporal is away.") }

func TestALeadIsEndedAsItsRunWas(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state  activities.RunState
		err    error
		reason string // empty: the lead is left alone
	}{
		"goes on":    {},
		"terminated": {activities.RunState{End: activities.RunTerminated, RunSeq: 2}, nil, "workflow_terminated: somebody terminated the workflow before everything was delivered"},
		"timed out":  {activities.RunState{End: activities.RunTimedOut, RunSeq: 2}, nil, "workflow_timed_out: the workflow ran into a time limit before everything was delivered"},
		"failed":     {activities.RunState{End: activities.RunFailed, RunSeq: 2}, nil, "workflow_failed: the workflow failed before everything was delivered"},
		"cancelled":  {activities.RunState{End: activities.RunCancelled, RunSeq: 2}, nil, "workflow_cancelled: the workflow was cancelled before everything was delivered"},
		"completed":  {activities.RunState{End: activities.RunCompleted, RunSeq: 2}, nil, "workflow_completed: the workflow ended before everything was delivered"},

		"of a replay since": {state: activities.RunState{End: activities.RunTerminated, RunSeq: 3}},
		"not there":         {activities.RunState{}, notFound(), "workflow_lost: the workflow disappeared from Temporal before everything was delivered"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRound(t, openLead("sub_1"))
			r.describe = func(_ context.Context, submissionID string) (activities.RunState, error) {
				require.Equal(t, "sub_1", submissionID)
				return c.state, c.err
			}
			result, err := r.run()
			require.NoError(t, err)
			if c.reason == "" {
				require.Equal(t, activities.ReconcileResult{Looked: 1}, result)
				require.Empty(t, r.endings)
				return
			}
			require.Equal(t, activities.ReconcileResult{Looked: 1, Repaired: 1}, result)
			require.Equal(t, []store.Ending{{SubmissionID: "sub_1", RunSeq: 2, Reason: c.reason}}, r.endings)
			require.Contains(t, r.log.String(), `msg="lead failed" submissionId=sub_1 formId=form_1`)
		})
	}
}

func TestDoubtChangesNothing(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{
		"Temporal is away": unavailable(), "nobody understands the answer": errors.New("decode workflow input"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRound(t, openLeads(501)...)
			r.describe = func(context.Context, string) (activities.RunState, error) {
				return activities.RunState{End: activities.RunTerminated, RunSeq: 2}, failure
			}
			_, err := r.run()
			require.ErrorContains(t, err, failure.Error())
			require.Empty(t, r.endings)
			require.Len(t, r.taken, 1, "the next round tries again")
		})
	}
}

func TestOneLeadInDoubtKeepsNoOtherBack(t *testing.T) {
	t.Parallel()
	r := newRound(t, openLeads(20)...)
	r.describe = func(_ context.Context, id string) (activities.RunState, error) {
		if id == "sub_0" {
			return activities.RunState{}, errors.New("decode workflow input")
		}
		return activities.RunState{End: activities.RunFailed, RunSeq: 2}, nil
	}
	_, err := r.run()
	require.ErrorContains(t, err, "look at the run of sub_0: decode workflow input")
	require.Len(t, r.endings, 19)
}

func TestWhenTemporalIsAwayNobodyElseIsAsked(t *testing.T) {
	t.Parallel()
	r := newRound(t, openLeads(100)...)
	var asked atomic.Int32
	r.describe = func(ctx context.Context, _ string) (activities.RunState, error) {
		if ctx.Err() == nil {
			asked.Add(1)
		}
		return activities.RunState{}, unavailable()
	}
	_, err := r.run()
	require.Error(t, err)
	require.LessOrEqual(t, asked.Load(), int32(8), "those who were asked at the same time")
}

func TestADatabaseThatIsAwayFailsTheRound(t *testing.T) {
	t.Parallel()
	away := errors.New("the database is away")
	for name, c := range map[string]func(*round){
		"when leads are taken": func(r *round) { r.takeErr = away },
		"when they are ended":  func(r *round) { r.endErr = away },
		"when alerts are due":  func(r *round) { r.dueErr = away },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRound(t, openLeads(1)...)
			c(r)
			_, err := r.run()
			require.ErrorContains(t, err, away.Error())
		})
	}
}

func TestLeadsAreLookedAtInBatches(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ open, batches, looked int }{
		"none": {0, 1, 0}, "less than one": {3, 1, 3}, "one": {500, 2, 500}, "more": {1200, 3, 1200},
		"more than a round takes": {5100, 10, 5000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRound(t, openLeads(c.open)...)
			result, err := r.run()
			require.NoError(t, err)
			require.Equal(t, c.looked, result.Looked)
			require.Len(t, r.taken, c.batches)
			for _, filter := range r.taken {
				want := store.OpenLeads{
					At: start, ChangedBefore: start.Add(-15 * time.Second), AttemptedBefore: start.Add(-time.Minute), Limit: 500,
				}
				require.Empty(t, cmp.Diff(want, filter), "the same round")
			}
		})
	}
}

func TestEightRunsAreLookedAtAtOnceAndNoneForLong(t *testing.T) {
	t.Parallel()
	r := newRound(t, openLeads(64)...)
	var mu sync.Mutex
	asking, most, unbounded := 0, 0, 0
	eight := make(chan struct{})
	full := sync.OnceFunc(func() { close(eight) })
	r.describe = func(ctx context.Context, _ string) (activities.RunState, error) {
		deadline, bounded := ctx.Deadline()
		mu.Lock()
		if !bounded || time.Until(deadline) > 5*time.Second {
			unbounded++
		}
		if asking++; asking == 8 {
			full()
		}
		most = max(most, asking)
		mu.Unlock()
		select {
		case <-eight:
		case <-ctx.Done():
		}
		mu.Lock()
		defer mu.Unlock()
		asking--
		return activities.RunState{}, nil
	}
	_, err := r.run()
	require.NoError(t, err)
	require.Equal(t, 8, most)
	require.Zero(t, unbounded)
}
