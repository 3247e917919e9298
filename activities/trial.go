package activities

import (
	"context"
	"errors"
	"fmt"

	"leadrail/internal/store"
	"leadrail/models"
)

// Trial makes attempts for people who want to see an action work: the same
// requests as a delivery's, outside of any workflow.
type Trial struct {
	Webhook *Webhook
	// Email has no Sender where no way to send mail was chosen.
	Email *Email
	Slack *Slack
}

// Try makes the attempt of a job that was made up, whether its action is on or
// off, and stores nothing of it. Errors are unavailable where Leadrail itself
// cannot send now.
func (t Trial) Try(ctx context.Context, job store.Job) (models.Attempt, error) {
	attempts, err := t.attempts(job.Destination.Type)
	if err != nil {
		return models.Attempt{}, err
	}
	attempt, err := attempts.try(ctx, job)
	if _, crowded := errors.AsType[crowdedError](err); crowded {
		return models.Attempt{}, models.Errorf(models.CodeUnavailable, "The endpoint is busy with other tests; try again shortly.")
	}
	if err != nil {
		return models.Attempt{}, fmt.Errorf("try action: %w", err)
	}
	return attempt, nil
}

// attempts makes those of actions of a type. Nothing is sent for the work of a page.
func (t Trial) attempts(kind models.ActionType) (attempts, error) {
	switch kind {
	case models.ActionWebhook:
		return t.Webhook.attempts(), nil
	case models.ActionSlack:
		return t.Slack.attempts(), nil
	case models.ActionEmail:
		if t.Email.Sender == nil {
			return attempts{}, models.Errorf(models.CodeUnavailable, "Leadrail was not told how to send mail: set LEADRAIL_MAIL.")
		}
		return t.Email.attempts(), nil
	case models.ActionClient:
	}
	return attempts{}, models.Errorf(models.CodeNotFound, "The work of a page cannot be tried.")
}
