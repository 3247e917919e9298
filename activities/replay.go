package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"

	"leadrail/internal/store"
	"leadrail/models"
)

// startTimeout bounds the start of one replayed lead's run; what takes longer is
// left to the reconciler.
const startTimeout = 3 * time.Second

// Replay replays the failed leads that a filter selects, page by page.
type Replay struct {
	Store  ReplayStore
	Runs   Starter
	Sealer Sealer
	Log    *slog.Logger
	Now    func() time.Time
}

// ReplayStore is where failed leads are found and begun anew.
type ReplayStore interface {
	Replay(ctx context.Context, id string) (models.Replay, error)
	ReplayPage(ctx context.Context, replay models.Replay, after *store.SubmissionCursor, limit int) ([]models.Submission, error)
	BeginReplay(ctx context.Context, replay store.Replay) (models.Submission, error)
	MoveReplay(ctx context.Context, id string, to models.ReplayStatus, at time.Time) (models.Replay, error)
}

// Starter starts the runs of replayed leads.
type Starter interface {
	// StartReplay starts the run that a stored lead's number says; where it runs
	// already, nothing changes.
	StartReplay(ctx context.Context, lead models.Submission, sealed models.Sealed) error
}

// Sealer encrypts a value for its owner.
type Sealer interface {
	Seal(plain []byte, owner string) models.Sealed
}

// ReplayPlace is how far a replay has come: a lead in the order of submission.
type ReplayPlace = store.SubmissionCursor

// ReplayPageInput asks for the next leads of a replay.
type ReplayPageInput struct {
	ReplayID string
	// After is the lead behind which the page begins; nil for the first.
	After *ReplayPlace
	Limit int
}

// ReplayPageResult says how far a replay has come.
type ReplayPageResult struct {
	// Status is the replay's; nothing was done unless it is running, or completed
	// with this page.
	Status models.ReplayStatus
	// Replayed counts the leads of the page.
	Replayed int
	After    *ReplayPlace
}

// ReplayLeads replays one page of leads. A repeat goes on where the first try
// came to: a lead is part of a replay once.
func (r *Replay) ReplayLeads(ctx context.Context, in ReplayPageInput) (ReplayPageResult, error) {
	result := ReplayPageResult{After: in.After}
	replay, err := r.Store.Replay(ctx, in.ReplayID)
	if err != nil {
		return result, fmt.Errorf("replay leads: %w", err)
	}
	if result.Status = replay.Status; replay.Status != models.ReplayRunning {
		return result, nil
	}
	leads, err := r.Store.ReplayPage(ctx, replay, in.After, in.Limit)
	if err != nil {
		return result, fmt.Errorf("replay leads: %w", err)
	}
	for _, lead := range leads {
		activity.RecordHeartbeat(ctx)
		if err := r.replay(ctx, replay.ID, lead); err != nil {
			return result, fmt.Errorf("replay %s: %w", lead.ID, err)
		}
		result.Replayed++
		result.After = &ReplayPlace{SubmittedAt: lead.SubmittedAt, ID: lead.ID}
	}
	if len(leads) < in.Limit {
		replay, err = r.Store.MoveReplay(ctx, replay.ID, models.ReplayCompleted, r.Now())
		result.Status = replay.Status
		if models.CodeOf(err) == models.CodeConflict { // paused or cancelled at this moment
			err = nil
		}
	}
	return result, err
}

// replay takes one lead to its next run. One that changed meanwhile is somebody
// else's.
func (r *Replay) replay(ctx context.Context, replayID string, failed models.Submission) error {
	begin := store.Replay{SubmissionID: failed.ID, RunSeq: failed.RunSeq, At: r.Now(), Bulk: replayID}
	for _, delivery := range failed.Deliveries {
		if delivery.Status == models.DeliveryFailed && delivery.Type != models.ActionClient {
			begin.DeliveryIDs = append(begin.DeliveryIDs, delivery.ID)
		}
	}
	lead, err := r.Store.BeginReplay(ctx, begin)
	if models.CodeOf(err) == models.CodeConflict {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := startRun(ctx, r.Runs, r.Sealer, lead); err != nil {
		r.Log.WarnContext(ctx, "a replay is left to the reconciler", "submissionId", lead.ID, "error", err)
	}
	return nil
}

// startRun starts the run that a stored lead's number says, given the lead sealed
// anew.
func startRun(ctx context.Context, runs Starter, sealer Sealer, lead models.Submission) error {
	plain, err := json.Marshal(lead)
	if err != nil {
		return fmt.Errorf("encode lead: %w", err)
	}
	return runs.StartReplay(ctx, lead, sealer.Seal(plain, lead.ID))
}

// CancelReplay ends a replay whose workflow was cancelled.
func (r *Replay) CancelReplay(ctx context.Context, replayID string) error {
	_, err := r.Store.MoveReplay(ctx, replayID, models.ReplayCancelled, r.Now())
	if models.CodeOf(err) == models.CodeConflict {
		return nil // it has ended
	}
	return err
}
