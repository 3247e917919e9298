package auth

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// Bounds of noting uses.
const (
	notedEvery  = time.Minute
	notedWithin = 5 * time.Second
)

// Toucher stores when keys were used last.
type Toucher interface {
	TouchKeys(ctx context.Context, used map[string]time.Time) error
}

// Uses remembers when each key was used last, and writes it down behind the
// requests: once a minute, and when it stops. It is safe for concurrent use.
type Uses struct {
	store Toucher
	log   *slog.Logger

	mu   sync.Mutex
	used map[string]time.Time
}

// NewUses makes a Uses that writes to the store once it runs.
func NewUses(store Toucher, log *slog.Logger) *Uses {
	return &Uses{store: store, log: log, used: map[string]time.Time{}}
}

// note remembers a use.
func (u *Uses) note(keyID string, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.used[keyID] = at
}

// Run writes uses down until ctx ends. Call it once.
func (u *Uses) Run(ctx context.Context) {
	ticker := time.NewTicker(notedEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			u.write(ctx)
		case <-ctx.Done():
			u.write(context.WithoutCancel(ctx))
			return
		}
	}
}

// write stores what was noted since the last time. What cannot be stored is
// forgotten: the next use says more.
func (u *Uses) write(ctx context.Context) {
	u.mu.Lock()
	used := maps.Clone(u.used)
	clear(u.used)
	u.mu.Unlock()
	if len(used) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, notedWithin)
	defer cancel()
	if err := u.store.TouchKeys(ctx, used); err != nil {
		u.log.WarnContext(ctx, "the last use of keys is not stored", "error", err)
	}
}
