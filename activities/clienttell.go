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
	// tellBatch is how many runs are told in a round, within tellWithin: the round has
	// more to do.
	tellBatch  = 5000
	tellWithin = time.Minute
)

// tellRuns lets runs know again of what their pages reported, where Temporal was
// away when it came, and returns how many. One that has ended is for the others. An
// error about one run does not keep the others from hearing, unless Temporal is away.
func (r *Reconcile) tellRuns(ctx context.Context) (told int, err error) {
	began := r.Now()
	waiting, err := r.Store.UntakenClientResults(ctx, began.Add(-tellAfter), tellBatch)
	if err != nil {
		return 0, fmt.Errorf("tell runs of results: %w", err)
	}
	var errs []error
	for _, submissionID := range waiting {
		if r.Now().Sub(began) > tellWithin {
			break
		}
		activity.RecordHeartbeat(ctx)
		err := r.tellRun(ctx, submissionID)
		switch models.CodeOf(err) {
		case "":
			told++
		case models.CodeNotFound:
		case models.CodeUnavailable:
			return told, fmt.Errorf("tell the run of %s: %w", submissionID, err)
		default:
			errs = append(errs, fmt.Errorf("tell the run of %s: %w", submissionID, err))
		}
	}
	return told, firstOf(errs)
}

func (r *Reconcile) tellRun(ctx context.Context, submissionID string) error {
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	return r.Runs.SignalClientResult(ctx, submissionID)
}
