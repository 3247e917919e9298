package intake_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"leadrail/internal/intake"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	soon  = 10 * time.Second
	often = 5 * time.Millisecond
)

// table is an intake in memory.
type table struct {
	mu   sync.Mutex
	rows []models.Intake
	// away is what the database says when it does not answer.
	away error
	// conflicts are the reasons that were recorded.
	conflicts map[string]string
	// slow are the leads that no worker has stored yet.
	slow map[string]bool
	// held says that another relay is at work.
	held bool
}

func (t *table) SaveIntake(_ context.Context, lead models.Intake) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.away != nil {
		return false, t.away
	}
	t.rows = append(t.rows, lead)
	return true, nil
}

func (t *table) RelayIntake(_ context.Context, limit int, start func([]models.Intake) store.Relayed) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.away != nil {
		return 0, t.away
	}
	if t.held {
		return 0, fmt.Errorf("relay: %w", store.ErrRelayed)
	}
	batch := t.rows[:min(limit, len(t.rows))]
	if len(batch) == 0 {
		return 0, nil
	}
	relayed := start(batch)
	gone := map[string]bool{}
	for _, id := range relayed.Started {
		gone[id] = true
	}
	for id, reason := range relayed.Conflicts {
		gone[id], t.conflicts[id] = true, reason
	}
	var left []models.Intake
	for _, row := range t.rows {
		if !gone[row.ID] {
			left = append(left, row)
		}
	}
	t.rows = left
	return len(batch), nil
}

func (t *table) Stored(_ context.Context, ids []string) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stored := 0
	for _, id := range ids {
		if !t.slow[id] {
			stored++
		}
	}
	return stored, nil
}

// set says whether the database answers.
func (t *table) set(away error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.away = away
}

// engine starts workflows, or says why not.
type engine struct {
	mu      sync.Mutex
	refuse  func(id string) error
	started []string
}

func (e *engine) StartLead(ctx context.Context, lead models.Intake) error {
	if _, bounded := ctx.Deadline(); !bounded {
		return errors.New("a start has no bound")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refuse != nil {
		if err := e.refuse(lead.ID); err != nil {
			return err
		}
	}
	e.started = append(e.started, lead.ID)
	return nil
}

func (e *engine) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string{}, e.started...)
}

func (e *engine) set(refuse func(id string) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refuse = refuse
}

// harness is a queue that runs until the test ends.
type harness struct {
	*intake.Queue

	table  *table
	engine *engine
}

func newHarness(t *testing.T) harness {
	t.Helper()
	h := harness{table: &table{conflicts: map[string]string{}}, engine: &engine{}}
	h.Queue = intake.NewQueue(h.table, h.engine, slog.New(slog.DiscardHandler))
	return h
}

// run relays until the test ends.
func (h harness) run(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { h.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
}

func (h harness) save(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		saved, err := h.Save(t.Context(), models.Intake{ID: id})
		require.NoError(t, err)
		require.True(t, saved)
	}
}

func TestNothingIsEmptyBeforeALook(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	require.False(t, h.Empty(), "another process may have left leads")
	h.run(t)
	require.Eventually(t, h.Empty, soon, often)
}

func TestALeadIsStartedAndTheWayIsFreeAgain(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.run(t)
	require.Eventually(t, h.Empty, soon, often)
	h.save(t, "sub_1")
	require.Eventually(t, func() bool { return len(h.engine.all()) == 1 && h.Empty() }, soon, often)
}

func TestWhileTemporalIsAwayLeadsWaitInOrder(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.engine.set(func(string) error { return errors.New("away") })
	h.run(t)
	var ids []string
	for n := range 200 {
		ids = append(ids, fmt.Sprintf("sub_%03d", n))
	}
	h.save(t, ids...)
	require.False(t, h.Empty())
	require.Empty(t, h.engine.all())

	h.engine.set(nil)
	require.Eventually(t, func() bool { return len(h.engine.all()) == len(ids) }, soon, often)
	for place, id := range h.engine.all() {
		var n int
		_, err := fmt.Sscanf(id, "sub_%d", &n)
		require.NoError(t, err)
		require.InDelta(t, place, n, 8, "no lead is further from its place than starts go on at a time")
	}
}

// However often a lead is refused, no more overtake it than were started beside
// it.
func TestRefusedLeadsAreNotOvertakenAgainAndAgain(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	refusals := map[string]int{"sub_001": 9, "sub_002": 2}
	h.engine.set(func(id string) error {
		if refusals[id] > 0 {
			refusals[id]--
			return errors.New("busy")
		}
		return nil
	})
	var ids []string
	for n := range 100 {
		ids = append(ids, fmt.Sprintf("sub_%03d", n))
	}
	h.save(t, ids...)
	h.run(t)
	require.Eventually(t, func() bool { return len(h.engine.all()) == len(ids) }, soon, often)
	started := h.engine.all()
	require.ElementsMatch(t, ids[:8], started[:8], "those that were started together")
	require.Equal(t, []string{"sub_001", "sub_002"}, started[6:8])
}

func TestALeadThatConflictsHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.engine.set(func(id string) error {
		if id == "sub_2" {
			return fmt.Errorf("start: %w", intake.ErrConflict)
		}
		return nil
	})
	h.save(t, "sub_1", "sub_2", "sub_3")
	h.run(t)
	require.Eventually(t, func() bool { return len(h.engine.all()) == 2 }, soon, often)
	require.Eventually(t, h.Empty, soon, often)
	require.ElementsMatch(t, []string{"sub_1", "sub_3"}, h.engine.all())
	require.Equal(t, map[string]string{"sub_2": intake.ErrConflict.Error()}, h.table.conflicts)
}

func TestWhileAnotherRelayIsAtWorkNobodyIsOvertaken(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.table.held = true
	h.run(t)
	require.Never(t, h.Empty, 4*often, often)
}

// Leads are started no faster than workers store them, or Temporal would hand
// them out in another order; and where there is no worker, a batch every five seconds.
func TestTheRelayKeepsPaceWithTheWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.table.slow = map[string]bool{}
		for n := range 200 {
			id := fmt.Sprintf("sub_%03d", n)
			h.save(t, id)
			h.table.slow[id] = n != 100
		}
		h.run(t)
		for _, want := range []int{64, 128, 192, 200} {
			synctest.Wait()
			require.Len(t, h.engine.all(), want)
			<-time.After(5 * time.Second) // of the bubble
		}
		require.True(t, h.Empty())
	})
}

func TestTheQueueTellsWhenTemporalTakesNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	require.False(t, h.Stuck())
	h.engine.set(func(string) error { return errors.New("away") })
	h.save(t, "sub_1")
	h.run(t)
	require.Eventually(t, h.Stuck, soon, often)
	h.engine.set(nil)
	require.Eventually(t, func() bool { return !h.Stuck() }, soon, often)
}

// An intake that cannot be looked into must not bar the only way that is left.
func TestWithoutADatabaseTheStraightWayIsFree(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.table.set(errors.New("the database is away"))
	h.run(t)
	require.Eventually(t, h.Empty, soon, often)
	_, err := h.Save(t.Context(), models.Intake{ID: "sub_1"})
	require.Error(t, err)
	h.table.set(nil)
	h.save(t, "sub_2")
	require.Eventually(t, func() bool { return len(h.engine.all()) == 1 }, soon, often)
}

func TestTheRelayStopsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	h.Run(ctx) // returns
	require.Empty(t, h.engine.all())
}
