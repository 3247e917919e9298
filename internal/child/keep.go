package child

import (
	"context"
	"log/slog"
	"time"
)

// Service is something that runs until it is stopped or breaks.
type Service interface {
	// Done is closed when the service has ended.
	Done() <-chan struct{}
	// Err says why it ended; nil when Stop ended it.
	Err() error
	Stop(ctx context.Context) error
}

// Pauses before a broken service is started again.
const (
	firstPause = 50 * time.Millisecond
	longPause  = 5 * time.Second
	// settled is how long a service must have run for its end to count as a
	// new trouble, with short pauses again.
	settled = 10 * time.Second
	// stopTimeout bounds the stop of a service whose context has ended.
	stopTimeout = 30 * time.Second
)

// Keep keeps a service running until ctx ends and stops it then. It calls
// ready with the service after every start; ready must not block.
//
// It returns an error when the first start goes wrong. Later ones are tried
// until they succeed, because what stops a service that ran before can pass:
// a full disk, for one. It returns nil when ctx ended or the service was
// stopped.
func Keep[S Service](ctx context.Context, log *slog.Logger, start func(context.Context) (S, error), ready func(S)) error {
	service, err := start(ctx)
	if err != nil {
		return err
	}
	pause := firstPause
	for {
		began := time.Now()
		ready(service)
		select {
		case <-ctx.Done():
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
			defer cancel()
			return service.Stop(stopping)
		case <-service.Done():
		}
		if service.Err() == nil {
			return nil
		}
		log.ErrorContext(ctx, "service is gone, starting it again", "error", service.Err())
		if time.Since(began) > settled {
			pause = firstPause
		}
		for {
			if !sleep(ctx, pause) {
				return nil
			}
			pause = min(2*pause, longPause)
			if service, err = start(ctx); err == nil {
				break
			}
			log.ErrorContext(ctx, "service did not start, trying again", "error", err, "in", pause)
		}
	}
}

// sleep reports false when ctx ends first.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
