package activities

import (
	"context"

	"leadrail/internal/store"
	"leadrail/models"
)

// targetOf is where the attempt's run goes, as far as its plan knows: read at each
// try, so that history holds neither URL nor secret.
func (a attempts) targetOf(ctx context.Context, in DeliverInput) (models.Target, error) {
	if !in.Retargeted {
		return models.Target{}, nil
	}
	return a.target(ctx, in.DeliveryID, in.RunSeq)
}

// sentTo has a job go to its target, if it has one, whether its action is on or off.
// The job decides, and not the plan, which a worker may have made that is older than
// targets. The action's own headers stay behind: they may be what the other receiver
// lets it in with.
func sentTo(job store.Job) store.Job {
	if job.Target.Elsewhere() {
		job.Destination.URL, job.Destination.Headers, job.Destination.Enabled = job.Target.URL, nil, true
	}
	return job
}

// spareAction takes from an answer of another URL what it would do to the action.
func spareAction(attempt *models.Attempt) {
	if attempt.Outcome == models.OutcomeDisable {
		attempt.Outcome = models.OutcomeGiveUp
		attempt.Error = "The endpoint answered 410 Gone; the action, whose URL it is not, stays as it is."
	}
}
