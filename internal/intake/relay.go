package intake

import (
	"context"
	"errors"
	"sync"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
)

// Bounds of the relay.
const (
	// pollEvery is how soon a lead of another process is noticed.
	pollEvery = 50 * time.Millisecond
	// pause follows a batch that could not be started, or a look that failed.
	pause = 250 * time.Millisecond
	// batchSize is how many leads one transaction holds, parallel how many of
	// them are started at a time: how far the order of starting may differ from
	// that of acceptance.
	batchSize = 64
	parallel  = 8
	// startTimeout bounds one start, batchTimeout all of a batch: the database
	// takes the intake from a relay that says nothing for twice as long.
	startTimeout = 2 * time.Second
	batchTimeout = 5 * time.Second
	// Before the next batch, all but stragglers of the last are stored, unless
	// that takes paceLimit: there may be no worker.
	stragglers = 16
	paceLimit  = 5 * time.Second
	paceEvery  = 20 * time.Millisecond
)

// Run relays until ctx ends. Trouble with Temporal or the database is waited
// out: what waits is safe where it is.
func (q *Queue) Run(ctx context.Context) {
	troubled := false
	for ctx.Err() == nil {
		wait, err := q.relay(ctx)
		if err != nil && !troubled && ctx.Err() == nil {
			q.log.WarnContext(ctx, "leads wait in the intake", "error", err)
		}
		if err == nil && troubled {
			q.log.InfoContext(ctx, "the intake is relayed again")
		}
		troubled = err != nil
		q.rest(ctx, wait)
	}
}

// rest waits, and no longer than until a lead comes.
func (q *Queue) rest(ctx context.Context, wait time.Duration) {
	if wait == 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	wake := q.wake
	if wait == pause {
		wake = nil // what makes trouble is not asked more often for more leads
	}
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}

// relay starts one batch and says how long to wait for the next.
func (q *Queue) relay(ctx context.Context) (wait time.Duration, err error) {
	saves := q.saves.Load()
	var relayed store.Relayed
	var refused error
	taken, err := q.store.RelayIntake(ctx, batchSize, func(batch []models.Intake) store.Relayed {
		q.waiting.Store(true)
		relayed, refused = q.startAll(ctx, batch)
		q.stuck.Store(refused != nil)
		return relayed
	})
	switch {
	case errors.Is(err, store.ErrRelayed):
		q.waiting.Store(true)
		q.refused = parallel // who knows what the other was refused
		return pollEvery, nil
	case err != nil:
		// Nobody can look into the intake, or put something in: the straight way
		// is the only one left.
		q.waiting.Store(false)
		return pause, err
	case refused != nil:
		return pause, refused
	case taken == batchSize:
		q.pace(ctx, relayed.Started)
		return 0, nil
	}
	if taken == 0 && q.saves.Load() == saves {
		q.waiting.Store(false)
		q.stuck.Store(false)
	}
	return pollEvery, nil
}

// startAll starts the workflows of a batch, oldest first and a few at a time.
// After the first that cannot be started come no more: they would meet the same.
// Those that were refused are tried one by one before others again, or each
// refusal would let some more leads overtake them.
func (q *Queue) startAll(ctx context.Context, batch []models.Intake) (store.Relayed, error) {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	relayed := store.Relayed{Conflicts: map[string]string{}}
	for len(batch) > 0 {
		width := parallel
		if q.refused > 0 {
			width = 1
		}
		few := batch[:min(width, len(batch))]
		batch = batch[len(few):]
		if err := q.sort(ctx, few, q.startFew(ctx, few), &relayed); err != nil {
			return relayed, err
		}
		q.refused = max(q.refused-1, 0)
	}
	return relayed, nil
}

// startFew starts a few workflows at once and tells what became of each.
func (q *Queue) startFew(ctx context.Context, few []models.Intake) []error {
	outcomes := make([]error, len(few))
	var running sync.WaitGroup
	for i, lead := range few {
		running.Go(func() { outcomes[i] = q.start(ctx, lead) })
	}
	running.Wait()
	return outcomes
}

// pace waits until the workers have caught up with a batch. Started faster, leads
// would lie in Temporal's queues, which hand them out in another order, and new
// ones would wait behind them there.
func (q *Queue) pace(ctx context.Context, started []string) {
	ctx, cancel := context.WithTimeout(ctx, paceLimit)
	defer cancel()
	tick := time.NewTicker(paceEvery)
	defer tick.Stop()
	for {
		stored, err := q.store.Stored(ctx, started)
		if err != nil || stored+stragglers >= len(started) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sort notes what became of a few leads, and returns why any was not started.
func (q *Queue) sort(ctx context.Context, few []models.Intake, outcomes []error, relayed *store.Relayed) (refusal error) {
	refused := 0
	for i, lead := range few {
		switch err := outcomes[i]; {
		case err == nil:
			relayed.Started = append(relayed.Started, lead.ID)
		case errors.Is(err, ErrConflict):
			q.log.ErrorContext(ctx, "a lead stays in the intake", "submissionId", lead.ID, "error", err)
			relayed.Conflicts[lead.ID] = ErrConflict.Error()
		default:
			refusal = err
			refused++
		}
	}
	q.refused = max(q.refused, refused)
	return refusal
}

func (q *Queue) start(ctx context.Context, lead models.Intake) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	return q.starter.StartLead(ctx, lead)
}
