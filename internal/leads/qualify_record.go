package leads

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"leadrail/models"
)

// Bounds of the decisions that wait in memory: some 5 MB, or what comes in 50
// seconds at 200 a second while the database is away.
const (
	maxDecisions    = 10_000
	decisionsEvery  = 500 * time.Millisecond
	decisionsWithin = 2 * time.Second
	decisionsAtOnce = 1000
)

// DecisionStore keeps what the gate answered.
type DecisionStore interface {
	AddDecisions(ctx context.Context, decisions []models.GateDecision) error
}

// Decisions notes what the gate answers. Noting costs the visitor nothing: it
// happens in memory, and Run writes what has come together. A crash loses what is
// not written yet; what finds no room is dropped and counted. A nil *Decisions
// notes nothing.
type Decisions struct {
	store DecisionStore
	log   *slog.Logger

	mu      sync.Mutex
	waiting []models.GateDecision
	// dropped counts those that were not kept since the log was told.
	dropped int
}

// NewDecisions makes a Decisions that writes to the store once it runs.
func NewDecisions(store DecisionStore, log *slog.Logger) *Decisions {
	return &Decisions{store: store, log: log}
}

func (d *Decisions) note(decision models.GateDecision) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.waiting) < maxDecisions {
		d.waiting = append(d.waiting, decision)
	} else {
		d.dropped++
	}
}

// Run writes decisions twice a second until ctx ends, and then once more. While
// the database is away they wait.
func (d *Decisions) Run(ctx context.Context) {
	tick := time.NewTicker(decisionsEvery)
	defer tick.Stop()
	troubled, last := false, false
	for !last {
		select {
		case <-ctx.Done():
			last = true
		case <-tick.C:
		}
		err := d.flush(context.WithoutCancel(ctx))
		if err != nil && !troubled {
			d.log.WarnContext(ctx, "decisions of the gate wait to be stored", "error", err)
		}
		troubled = err != nil
		if last {
			d.drop(len(d.next(maxDecisions)))
		}
		if last || !troubled {
			d.tell(ctx)
		}
	}
}

// flush writes what waits. Decisions that can never be stored are dropped, or
// all others would wait behind them.
func (d *Decisions) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, decisionsWithin)
	defer cancel()
	for batch := d.next(decisionsAtOnce); len(batch) > 0; batch = d.next(decisionsAtOnce) {
		err := d.store.AddDecisions(ctx, batch)
		if models.CodeOf(err) == models.CodeUnavailable {
			return err
		}
		if err != nil {
			d.log.ErrorContext(ctx, "decisions of the gate cannot be stored", "error", err)
			d.drop(len(batch))
			continue
		}
		d.forget(len(batch))
	}
	return nil
}

// next returns the oldest decisions, which keep their places. Only Run takes them
// away, so nobody changes them meanwhile.
func (d *Decisions) next(limit int) []models.GateDecision {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.waiting[:min(limit, len(d.waiting))]
}

// forget takes the oldest n away.
func (d *Decisions) forget(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = slices.Delete(d.waiting, 0, n)
}

// drop is forget for those that are lost.
func (d *Decisions) drop(n int) {
	d.forget(n)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dropped += n
}

// tell says in the log how many were lost.
func (d *Decisions) tell(ctx context.Context) {
	d.mu.Lock()
	dropped := d.dropped
	d.dropped = 0
	d.mu.Unlock()
	if dropped > 0 {
		d.log.WarnContext(ctx, "decisions of the gate were not stored", "count", dropped)
	}
}
