package intake

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"leadrail/internal/store"
	"leadrail/models"
)

// Store keeps the waiting leads.
type Store interface {
	SaveIntake(ctx context.Context, lead models.Intake) (saved bool, err error)
	// RelayIntake is for one relay at a time; the others get store.ErrRelayed.
	RelayIntake(ctx context.Context, limit int, start func([]models.Intake) store.Relayed) (taken int, err error)
	// Stored counts those of the leads that their workflows have stored.
	Stored(ctx context.Context, ids []string) (int, error)
}

// Starter starts the workflow of a lead, and is content when it exists already
// for the same request. ErrConflict means that it exists for another one.
type Starter interface {
	StartLead(ctx context.Context, lead models.Intake) error
}

// ErrConflict is a Starter's word for a lead whose id is taken.
var ErrConflict = errors.New("the workflow exists, for another request")

// Queue is the way into the intake and, by Run, the way out. It is safe for
// concurrent use.
type Queue struct {
	store   Store
	starter Starter
	log     *slog.Logger
	// waiting is true unless the relay knows that nothing waits.
	waiting atomic.Bool
	// stuck is true while Temporal refuses what the relay hands it.
	stuck atomic.Bool
	// saves counts the leads that this process has put in.
	saves atomic.Int64
	wake  chan struct{}
	// refused is how many of the oldest leads Temporal refused and has not taken
	// since. Only Run's goroutine uses it.
	refused int
}

// NewQueue makes a Queue. Until Run has looked, it counts as not empty.
func NewQueue(store Store, starter Starter, log *slog.Logger) *Queue {
	q := &Queue{store: store, starter: starter, log: log, wake: make(chan struct{}, 1)}
	q.waiting.Store(true)
	return q
}

// Empty reports whether a lead may go straight to Temporal without overtaking
// others. Leads that another process put in show within a poll of the relay.
func (q *Queue) Empty() bool { return !q.waiting.Load() }

// Stuck reports that Temporal refused what the relay handed it last.
func (q *Queue) Stuck() bool { return q.stuck.Load() }

// Save puts a lead in and wakes the relay. A lead that is known already is not
// saved again; saved is then false.
func (q *Queue) Save(ctx context.Context, lead models.Intake) (saved bool, err error) {
	q.saves.Add(1)
	saved, err = q.store.SaveIntake(ctx, lead)
	if err != nil || !saved {
		return saved, err
	}
	q.waiting.Store(true)
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return true, nil
}
