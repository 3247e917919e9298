package app

import (
	"context"
	"errors"
	"sync"
)

// background is something that runs beside the rest until it is stopped.
type background struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// startBackground runs a function until stop is called, and returns when it
// has called ready for the first time. The end of ctx before that stops it;
// later ctx has no say, so that children outlive what leans on them.
func startBackground(ctx context.Context, run func(ctx context.Context, ready func()) error) (*background, error) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b := &background{cancel: cancel, done: make(chan struct{})}
	ready := make(chan struct{})
	once := sync.OnceFunc(func() { close(ready) })
	go func() {
		defer close(b.done)
		b.err = run(running, once)
	}()
	select {
	case <-ready:
		return b, nil
	case <-b.done:
		cancel()
		return nil, errors.Join(b.err, ctx.Err())
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), b.stop())
	}
}

// stop ends the function and waits for it.
func (b *background) stop() error {
	b.cancel()
	<-b.done
	return b.err
}
