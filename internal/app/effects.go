package app

import (
	"context"
	"fmt"
	"time"

	"leadrail/activities"
	"leadrail/internal/webhook"
	"leadrail/worker"
)

// Bounds of the reconciler: how long after its last change a lead is left alone,
// and after how long one counts as lost whose workflow Temporal does not know.
const (
	reconcileSettle = time.Minute
	reconcileLost   = 5 * time.Minute
)

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
		ConversationURL: p.config.ConversationURL, LeadURL: p.config.LeadURL,
	}
	if email.Sender == nil {
		email.Sender = undecided{}
	}
	// What alerts say of an action must be newer than the failure they are about.
	alert := &activities.Alert{Store: p.store.Store, Sender: p.sender, Log: p.log, Now: now, LeadURL: p.config.LeadURL}
	client := webhook.NewClient(webhook.Options{Guard: p.guard})
	return worker.Activities{
		Lead: &activities.Lead{Store: p.store, Sealed: p.keyring, Now: now},
		Webhook: &activities.Webhook{
			Store: p.store, Client: client, Sealed: p.keyring,
			Log: p.log, Now: now, ConversationURL: p.config.ConversationURL,
		},
		Email: email,
		Slack: &activities.Slack{
			Store: p.store, Client: client, Sealed: p.keyring, Log: p.log, Now: now,
			ConversationURL: p.config.ConversationURL, LeadURL: p.config.LeadURL,
		},
		Alert: alert,
		Reconcile: &activities.Reconcile{
			Store: p.store, Runs: p.workflows, Sealer: p.keyring, Alert: alert, Log: p.log, Now: now,
			Settle: reconcileSettle, Lost: reconcileLost,
			Undelivered: activities.Undelivered{Store: p.store, Log: p.log, After: p.config.UndeliveredAlertAfter},
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
