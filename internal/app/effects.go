package app

import (
	"fmt"

	"leadrail/activities"
	"leadrail/internal/webhook"
	"leadrail/worker"
)

// startWorker makes the side effects of the workflows and runs a worker.
func (p Parts) startWorker(fatal chan<- error) (stop func(), err error) {
	w := worker.New(p.temporal, p.effects(), worker.Options{
		OnFatalError: func(err error) { fatal <- fmt.Errorf("worker: %w", err) },
	})
	if err := w.Start(); err != nil {
		return nil, fmt.Errorf("start worker: %w", err)
	}
	return w.Stop, nil
}

func (p Parts) effects() worker.Activities {
	email := &activities.Email{
		Store: p.store, Teams: p.store, Sender: p.sender, Log: p.log, Now: now,
		ConversationURL: p.config.ConversationURL, LeadURL: p.config.LeadURL,
	}
	if email.Sender == nil {
		email.Sender = undecided{}
	}
	return worker.Activities{
		Lead: &activities.Lead{Store: p.store, Sealed: p.keyring, Now: now},
		Webhook: &activities.Webhook{
			Store: p.store, Client: webhook.NewClient(webhook.Options{Guard: p.guard}), Sealed: p.keyring,
			Log: p.log, Now: now, ConversationURL: p.config.ConversationURL,
		},
		Email: email,
		Alert: &activities.Alert{Store: p.store, Sender: p.sender, Log: p.log, Now: now, LeadURL: p.config.LeadURL},
	}
}
