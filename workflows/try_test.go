package workflows_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
)

// quick is a webhook whose endpoint answered soon of late.
func quick(name string) models.PlannedDelivery {
	delivery := webhook(name, waits(0)...)
	delivery.Quick = true
	return delivery
}

func TestAQuickEndpointIsCalledWithinTheWorkflowTask(t *testing.T) {
	t.Parallel()
	r := newRun(t, quick("crm"))
	r.try = func(activities.DeliverInput) (activities.TryResult, error) {
		return activities.TryResult{Made: true, Verdict: delivered()}, nil
	}
	require.NoError(t, r.execute())
	require.Empty(t, cmp.Diff([]string{
		"0s qualify", "0s persist", "0s try crm 1 first", "0s finalize completed", "0s status completed",
	}, r.journal.lines))
	require.Empty(t, r.journal.remote)
}

// The attempt is one and the same, whoever makes it.
func TestWhatCouldNotBeTriedIsAnOrdinaryAttempt(t *testing.T) {
	t.Parallel()
	for name, outcome := range map[string]error{"not quick any more": nil, "database away": errors.New("away")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t, quick("crm"))
			r.try = func(activities.DeliverInput) (activities.TryResult, error) { return activities.TryResult{}, outcome }
			require.NoError(t, r.execute())
			require.Empty(t, cmp.Diff([]string{
				"0s qualify", "0s persist", "0s try crm 1 first", "0s attempt crm 1 first", "0s finalize completed", "0s status completed",
			}, r.journal.lines))
			require.Equal(t, 1, r.conclusion().Outcomes[0].Attempts)
		})
	}
}

func TestOnlyTheFirstAttemptIsTried(t *testing.T) {
	t.Parallel()
	r := newRun(t, quick("crm"))
	r.try = func(activities.DeliverInput) (activities.TryResult, error) {
		return activities.TryResult{Made: true, Verdict: failed()}, nil
	}
	require.NoError(t, r.execute())
	require.Equal(t, map[string]int{"DeliverWebhook": 1}, r.journal.remote)
	require.Equal(t, 2, r.conclusion().Outcomes[0].Attempts)
}
