package localpg

import (
	"context"
	"time"
)

const (
	firstPause = 50 * time.Millisecond
	longPause  = 5 * time.Second
	// settled is how long a server must have run for its end to count as a
	// new trouble, with short pauses again.
	settled = 10 * time.Second
)

// Run keeps a server running until ctx ends and stops it then. It calls ready
// once the server answers and again each time it was started anew, always on
// the same port; ready must not block.
//
// It returns an error when the first start goes wrong. Later ones are tried
// until they succeed, because what stops a server that ran before, a full disk
// for one, can pass. It returns nil when ctx ended or ready's server was
// stopped by its Stop method.
func Run(ctx context.Context, opts Options, ready func(*Server)) error {
	opts, err := opts.withDefaults()
	if err != nil {
		return err
	}
	server, err := Start(ctx, opts)
	if err != nil {
		return err
	}
	opts.Port = server.Port() // others have connected to it by now
	pauseFor := firstPause
	for {
		began := time.Now()
		ready(server)
		select {
		case <-ctx.Done():
			return server.Stop(context.WithoutCancel(ctx))
		case <-server.Done():
		}
		if server.Err() == nil {
			return nil
		}
		opts.Log.Error("postgres is gone, starting it again", "error", server.Err())
		if time.Since(began) > settled {
			pauseFor = firstPause
		}
		server, pauseFor = startAgain(ctx, opts, pauseFor)
		if server == nil {
			return nil
		}
	}
}

// startAgain returns nil when ctx ends first, and the pause that the next
// failure deserves.
func startAgain(ctx context.Context, opts Options, pauseFor time.Duration) (*Server, time.Duration) {
	for {
		if pause(ctx, pauseFor) != nil {
			return nil, pauseFor
		}
		pauseFor = min(2*pauseFor, longPause)
		server, err := Start(ctx, opts)
		if err == nil {
			return server, pauseFor
		}
		if ctx.Err() != nil {
			return nil, pauseFor
		}
		opts.Log.Error("postgres did not start, trying again", "error", err, "in", pauseFor)
	}
}
