package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"leadrail/models"
)

const (
	// tellAfter leaves a result alone that the run is just being told of.
	tellAfter = 10 * time.Second
	// tellBatch is how many runs are told in a round.
	tellBatch = 500
)

// tellRuns lets runs know again of what their pages reported, where Temporal was
// away when it came, and returns how many. One that has ended is for the others.
func (r *Reconcile) tellRuns(ctx context.Context) (told int, err error) {
	waiting, err := r.Store.UntakenClientResults(ctx, r.Now().Add(-tellAfter), tellBatch)
	if err != nil {
		return 0, fmt.Errorf("tell runs of results: %w", err)
	}
	for _, run := range waiting {
		activity.RecordHeartbeat(ctx)
		err := r.tellRun(ctx, run.SubmissionID)
		switch models.CodeOf(err) {
		case "":
			told++
		case models.CodeNotFound:
		default:
			return told, fmt.Errorf("tell the run of %s: %w", run.SubmissionID, err)
		}
	}
	return told, nil
}

func (r *Reconcile) tellRun(ctx context.Context, submissionID string) error {
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	return r.Runs.SignalClientResult(ctx, submissionID)
}
