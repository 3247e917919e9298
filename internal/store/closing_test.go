package store_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// Two workers believe that an attempt is theirs. One verdict stands, and the
// delivery is what it says.
func TestOneOfManyVerdictsStands(t *testing.T) {
	t.Parallel()
	s := storeWithLead(t)
	openAttempt(t, s, opening(1))
	verdicts := []models.Verdict{delivered(), refused()}
	errs := make([]error, 16)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = s.CloseAttempt(t.Context(), closed("crm", 1, verdicts[i%2])) })
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	delivery := read(t, s, "sub_1").Deliveries[0]
	want := models.DeliveryPending
	if delivery.Attempts[0].Outcome == models.OutcomeDelivered {
		want = models.DeliveryDelivered
	}
	require.Equal(t, want, delivery.Status)
}

// A write of a run has begun when somebody else changes the delivery under it: what
// counts is the delivery as it is then.
func TestAWriteSeesWhatChangedWhileItWaited(t *testing.T) {
	t.Parallel()
	closing := func(ctx context.Context, s *store.Store) error {
		return s.CloseAttempt(ctx, closed("crm", 1, delivered()))
	}
	ending := func(ctx context.Context, s *store.Store) error {
		outcomes := []models.DeliveryOutcome{outcomeOf("crm", 1, refused())}
		return s.Finalize(ctx, "sub_1", 1, models.Conclusion{Outcomes: outcomes}, minute(9))
	}
	for name, c := range map[string]struct {
		change string
		write  func(ctx context.Context, s *store.Store) error
		want   models.DeliveryStatus
	}{
		"a verdict after a wait":        {"status = 'retrying'", closing, models.DeliveryDelivered},
		"a verdict after a replay":      {"status = 'pending', run_seq = 2", closing, models.DeliveryPending},
		"a verdict after the end":       {"status = 'failed'", closing, models.DeliveryFailed},
		"an end after a wait":           {"status = 'retrying'", ending, models.DeliveryFailed},
		"an end after a replay":         {"status = 'pending', run_seq = 2", ending, models.DeliveryPending},
		"an end after it was delivered": {"status = 'delivered'", ending, models.DeliveryDelivered},
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
			_, err = first.Exec(t.Context(), "UPDATE deliveries SET "+c.change)
			require.NoError(t, err)

			done := make(chan error, 1)
			go func() { done <- c.write(t.Context(), s) }()
			awaitWaiter(t, connect(t, url))
			require.NoError(t, first.Commit(t.Context()))
			require.NoError(t, <-done)
			delivery := read(t, s, "sub_1").Deliveries[0]
			require.Equal(t, c.want, delivery.Status)
			require.NotNil(t, delivery.Attempts[0].FinishedAt, "its own row is closed all the same")
		})
	}
}
