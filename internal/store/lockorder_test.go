package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// Two writers of one lead never wait for each other: somebody holds a row, a write
// of the run comes to it and waits, and the delivery is free for the first.
func TestWritersOfALeadWaitInOneOrder(t *testing.T) {
	t.Parallel()
	const attempt, lead = "SELECT FROM attempts FOR UPDATE", "SELECT FROM submissions FOR UPDATE"
	for name, c := range map[string]struct {
		held  string
		write func(ctx context.Context, s *store.Store) error
	}{
		"an attempt is closed at the end of its run": {attempt, func(ctx context.Context, s *store.Store) error {
			outcomes := []models.DeliveryOutcome{outcomeOf("crm", 1, refused())}
			return s.Finalize(ctx, "sub_1", 1, models.Conclusion{Outcomes: outcomes}, minute(9))
		}},
		"an attempt is closed while its wait begins": {attempt, func(ctx context.Context, s *store.Store) error {
			return s.MarkRetrying(ctx, retryOf("crm", 1))
		}},
		"a lead is ended while a wait begins": {lead, func(ctx context.Context, s *store.Store) error {
			return s.MarkRetrying(ctx, retryOf("crm", 1))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := pgtest.New(t)
			s := open(t, url)
			require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
			storeLead(t, s, aLead("sub_1"), "crm")
			openAttempt(t, s, opening(1))
			first, err := connect(t, url).Begin(t.Context())
			require.NoError(t, err)
			_, err = first.Exec(t.Context(), c.held)
			require.NoError(t, err)

			done := make(chan error, 1)
			go func() { done <- c.write(t.Context(), s) }()
			awaitWaiter(t, connect(t, url))
			_, err = first.Exec(t.Context(), "SELECT FROM deliveries FOR UPDATE NOWAIT")
			require.NoError(t, err)
			require.NoError(t, first.Commit(t.Context()))
			require.NoError(t, <-done)
		})
	}
}

// awaitWaiter waits until somebody waits for a row of the database.
func awaitWaiter(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	require.Eventually(t, func() bool {
		var waits bool
		err := conn.QueryRow(t.Context(), `SELECT EXISTS (
			SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits)
		return err == nil && waits
	}, 10*time.Second, 10*time.Millisecond)
}
