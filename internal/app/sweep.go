package app

import (
	"context"
	"time"
)

// Bounds of a sweep. Every process sweeps; two at once share the work.
const (
	sweepEvery   = 15 * time.Minute
	sweepTimeout = time.Minute
	sweepBatch   = 200
	// uploadLife is how long a file waits for a submission that names it.
	uploadLife = 24 * time.Hour
)

// sweepFiles removes, at each tick, the uploads that nothing came of. What it
// cannot do now waits for the next tick.
func (p Parts) sweepFiles(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			if err := p.sweepOnce(ctx); err != nil {
				p.log.WarnContext(ctx, "uploads were not swept", "error", err)
			}
		}
	}
}

func (p Parts) sweepOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	for {
		swept, err := p.store.SweepFiles(ctx, now().Add(-uploadLife), sweepBatch)
		if err != nil || swept < sweepBatch {
			return err
		}
	}
}
