package workflows_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
)

// By its action a worker knows where a delivery goes without asking the store.
func TestEveryAttemptNamesItsAction(t *testing.T) {
	t.Parallel()
	planned := standard("crm")
	planned.ActionID = "act_crm"
	r := newRun(t, planned)
	var named []string
	r.deliver = func(_ context.Context, in activities.DeliverInput) (models.Verdict, error) {
		named = append(named, in.ActionID)
		if in.N == 1 {
			return failed(), nil
		}
		return delivered(), nil
	}
	require.NoError(t, r.execute())
	require.Equal(t, []string{"act_crm", "act_crm"}, named)
}
