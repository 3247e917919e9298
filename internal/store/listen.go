package store

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// change names a row that has changed, or is gone. Rows that belong to a form
// count as the form.
type change struct {
	Table string
	ID    string
}

// parseChange reads what the triggers of migration 6 send.
func parseChange(payload string) change {
	table, id, _ := strings.Cut(payload, ":")
	return change{Table: table, ID: id}
}

// audience is told what a listener hears, one call at a time.
type audience interface {
	// hearing says whether changes are heard of from now on. Those before an
	// on may have been missed.
	hearing(on bool)
	heard(what change)
}

// Bounds of a listener. A peer that is silently gone is noticed after
// heartbeat and answerWithin together, at most.
const (
	heartbeat     = 5 * time.Second
	answerWithin  = 3 * time.Second
	shortestPause = 100 * time.Millisecond
	longestPause  = 5 * time.Second
	goodbye       = time.Second
)

// errorKey is where the log has the cause.
const errorKey = "error"

// listener hears of changes on a connection of its own: one of the pool's
// would change hands. It must reach the server itself, or a pooler that keeps
// sessions: one that pools transactions loses notifications without a word.
type listener struct {
	config   *pgx.ConnConfig
	log      *slog.Logger
	audience audience
	// heartbeat is how long silence is believed.
	heartbeat time.Duration
}

// run listens until ctx ends, and connects again whenever the connection is lost.
func (l *listener) run(ctx context.Context) {
	pause, troubled := shortestPause, false
	for {
		conn, err := l.connect(ctx)
		if err == nil {
			if troubled {
				l.log.InfoContext(ctx, "changes of definitions are heard again")
			}
			pause, troubled = shortestPause, false
			err = l.follow(ctx, conn)
		}
		if ctx.Err() != nil {
			return
		}
		if !troubled {
			l.log.WarnContext(ctx, "changes of definitions are not heard: each use asks the database", errorKey, err)
		}
		troubled = true
		// Some of it by chance: all replicas lost the server at one moment.
		rest(ctx, pause/2+rand.N(pause/2))
		pause = min(2*pause, longestPause)
	}
}

func rest(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// connect returns a connection that hears of every transaction which commits
// from now on.
func (l *listener) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if _, err := conn.Exec(ctx, "LISTEN leadrail_changed"); err != nil {
		l.hangUp(ctx, conn)
		return nil, fmt.Errorf("listen: %w", err)
	}
	return conn, nil
}

// follow passes on what is heard until the connection is lost or ctx ends.
func (l *listener) follow(ctx context.Context, conn *pgx.Conn) error {
	defer l.hangUp(ctx, conn)
	l.audience.hearing(true)
	defer l.audience.hearing(false)
	for {
		if err := l.next(ctx, conn); err != nil {
			return err
		}
	}
}

// next passes on one change, or makes sure that the server is there when it
// has said nothing for a while.
func (l *listener) next(ctx context.Context, conn *pgx.Conn) error {
	silence, cancel := context.WithTimeout(ctx, l.heartbeat)
	defer cancel()
	notification, err := conn.WaitForNotification(silence)
	switch {
	case err == nil:
		l.audience.heard(parseChange(notification.Payload))
		return nil
	case ctx.Err() != nil || silence.Err() == nil:
		return fmt.Errorf("wait for a change: %w", err)
	}
	soon, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if err := conn.Ping(soon); err != nil {
		return fmt.Errorf("ping a silent server: %w", err)
	}
	return nil
}

func (l *listener) hangUp(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	conn.Close(ctx) // an error means that the server was faster
}
