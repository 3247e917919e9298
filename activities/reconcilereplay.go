package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"leadrail/models"
)

// Replays ends the replays of many leads whose workflows ended without them.
type Replays struct {
	Store OpenReplays
	Runs  ReplayRuns
	Log   *slog.Logger
	// Settle is the time after it was made in which a replay is left alone: its
	// workflow may not have started.
	Settle time.Duration
}

// OpenReplays is where replays are found that have not ended.
type OpenReplays interface {
	OpenReplays(ctx context.Context, madeBefore time.Time) ([]string, error)
	FailReplay(ctx context.Context, id, reason string, at time.Time) (failed bool, err error)
}

// ReplayRuns tells how the workflows of replays stand.
type ReplayRuns interface {
	// DescribeReplay tells how a replay's workflow ended: empty while it goes on,
	// RunLost where Temporal knows of none. It is unavailable when Temporal does not
	// answer.
	DescribeReplay(ctx context.Context, replayID string) (RunEnd, error)
}

// endLost ends them, and counts them. Its leads that were begun anew go on.
func (r Replays) endLost(ctx context.Context, at time.Time, alive func()) (ended int, err error) {
	open, err := r.Store.OpenReplays(ctx, at.Add(-r.Settle))
	for _, id := range open {
		alive()
		done, failure := r.endOne(ctx, id, at)
		if done {
			ended++
		}
		err = errors.Join(err, failure)
		if models.CodeOf(failure) == models.CodeUnavailable {
			break
		}
	}
	return ended, err
}

func (r Replays) endOne(ctx context.Context, id string, at time.Time) (ended bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	end, err := r.Runs.DescribeReplay(ctx, id)
	if err == nil && end != "" {
		ended, err = r.Store.FailReplay(ctx, id, end.replayReason(), at)
	}
	if err != nil {
		return false, fmt.Errorf("look at replay %s: %w", id, err)
	}
	if ended {
		r.Log.ErrorContext(ctx, "replay failed", "replayId", id, "reason", end.replayReason())
	}
	return ended, nil
}
