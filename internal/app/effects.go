package app

import (
	"context"
	"fmt"
	"time"

	"leadrail/activities"
	"leadrail/internal/webhook"
	"leadrail/worker"
)

// reconcileSettle is how long after its last change the reconciler leaves a lead
// alone. It need not be long: a run writes its lead's end before it closes, and
// starts nothing after that. What may still be on its way is a write of a few
// seconds (10 at most) that began before the run was ended by force, and the row
// lets only the first of the two ends in; and the start of a replay's run, which
// is no harm to begin twice. Attempts take longer; they are waited for themselves.
const reconcileSettle = 15 * time.Second

// startWorker makes the side effects of the workflows, sees to their schedule
// and runs a worker.
func (p Parts) startWorker(ctx context.Context, fatal chan<- error) (stop func(), err error) {
	if err := p.ensureSchedule(ctx); err != nil {
		return nil, err
	}
	w := worker.New(p.temporal, p.effects(), worker.Options{
		OnFatalError: func(err error) { fatal <- fmt.Errorf("worker: %w", err) },
	})
	if err := w.Start(); err != nil {
		return nil, fmt.Errorf("start worker: %w", err)
	}
	return w.Stop, nil
}

func (p Parts) ensureSchedule(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, temporalTimeout)
	defer cancel()
	return worker.EnsureSchedule(ctx, p.temporal)
}

func (p Parts) effects() worker.Activities {
	email := &activities.Email{
		Store: p.store, Teams: p.store, Sender: p.sender, Log: p.log, Now: now,
		ConversationURL: p.config.ConversationURL, LeadURL: p.config.LeadURL, Watch: p.watch,
	}
	if email.Sender == nil {
		email.Sender = undecided{}
	}
	// What alerts say of an action must be newer than the failure they are about.
	alert := &activities.Alert{Store: p.store.Store, Sender: p.sender, Log: p.log, Now: now, LeadURL: p.config.LeadURL}
	client := webhook.NewClient(webhook.Options{Guard: p.guard})
	webhooks := &activities.Webhook{
		Store: p.store, Client: client, Sealed: p.keyring,
		Log: p.log, Now: now, ConversationURL: p.config.ConversationURL, Watch: p.watch,
	}
	return worker.Activities{
		Lead:    &activities.Lead{Store: p.store, Sealed: p.keyring, Now: now, Quick: activities.QuickEndpoint(webhooks)},
		Webhook: webhooks,
		Email:   email,
		Slack: &activities.Slack{
			Store: p.store, Client: client, Sealed: p.keyring, Log: p.log, Now: now,
			ConversationURL: p.config.ConversationURL, LeadURL: p.config.LeadURL, Watch: p.watch,
		},
		Client: &activities.Client{Store: p.store, Sealed: p.keyring, Now: now, Watch: p.watch},
		Alert:  alert,
		Reconcile: &activities.Reconcile{
			Store: p.store, Runs: p.workflows, Sealer: p.keyring, Alert: alert, Log: p.log, Now: now,
			Settle:      reconcileSettle,
			Replays:     activities.Replays{Store: p.store, Runs: p.workflows, Log: p.log, Settle: reconcileSettle},
			Undelivered: activities.Undelivered{Store: p.store, Alert: alert, After: p.config.UndeliveredAlertAfter},
		},
		Replay: &activities.Replay{Store: p.store, Runs: p.workflows, Sealer: p.keyring, Log: p.log, Now: now},
	}
}

// trial tries actions out: in the API, and just as a worker would.
func (p Parts) trial() activities.Trial {
	effects := p.effects()
	effects.Email.Sender = p.sender
	return activities.Trial{Webhook: effects.Webhook, Email: effects.Email, Slack: effects.Slack}
}
