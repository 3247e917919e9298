package activities

import (
	"context"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
)

// Watch sees attempts.
type Watch interface {
	// Sending is told of the n-th attempt of a run before it is made, at host, and
	// what it returns of what came of it.
	Sending(ctx context.Context, delivery models.Delivery, n int, host string) (sending context.Context, sent func(models.Attempt))
	// Attempted is told of each verdict, and when the lead was submitted.
	Attempted(delivery models.Delivery, attempt models.Attempt, submittedAt time.Time)
	// PutOff is told that an attempt found no place at its endpoint.
	PutOff()
}

// unwatched is the Watch of whoever has none.
type unwatched struct{}

func (unwatched) Sending(ctx context.Context, _ models.Delivery, _ int, _ string) (context.Context, func(models.Attempt)) {
	return ctx, func(models.Attempt) {}
}
func (unwatched) Attempted(models.Delivery, models.Attempt, time.Time) {}
func (unwatched) PutOff()                                              {}

// eye is the watch, or one that sees nothing.
func (a attempts) eye() Watch {
	if a.watch == nil {
		return unwatched{}
	}
	return a.watch
}

// watched sends under the eyes of the watch.
func (a attempts) watched(ctx context.Context, job store.Job, attempt *models.Attempt) error {
	host := a.endpoint
	if host == "" {
		host, _ = a.endpointOf(job.Destination) // an error is the sender's to tell
	}
	ctx, sent := a.eye().Sending(ctx, job.Delivery, attempt.N, host)
	defer func() { sent(*attempt) }()
	return a.send(ctx, job, attempt)
}
