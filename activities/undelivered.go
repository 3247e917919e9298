package activities

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"leadrail/internal/store"
)

// undeliveredEvery is the least time in which the log says again that deliveries
// of one form wait.
const undeliveredEvery = 24 * time.Hour

// Undelivered says that deliveries which gave up wait for somebody to see to them.
type Undelivered struct {
	Store UndeliveredStore
	Log   *slog.Logger
	// After is how long they may wait; 0 is for ever.
	After time.Duration
}

// UndeliveredStore is where such deliveries are found.
type UndeliveredStore interface {
	ClaimUndelivered(ctx context.Context, claim store.UndeliveredClaim) ([]store.WaitingForm, error)
}

// tell logs each form with deliveries that have waited too long.
func (u Undelivered) tell(ctx context.Context, at time.Time) error {
	if u.After == 0 {
		return nil
	}
	forms, err := u.Store.ClaimUndelivered(ctx, store.UndeliveredClaim{
		At: at, FailedBefore: at.Add(-u.After), Every: undeliveredEvery,
	})
	if err != nil {
		return fmt.Errorf("tell of undelivered: %w", err)
	}
	for _, form := range forms {
		u.Log.ErrorContext(ctx, "undelivered deliveries are waiting",
			"formId", form.FormID, "count", form.Count, "oldestAge", at.Sub(form.OldestAt).Round(time.Second))
	}
	return nil
}
