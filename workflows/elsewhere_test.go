package workflows_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
)

func TestEveryAttemptOfARunGoesWhereItWasSent(t *testing.T) {
	t.Parallel()
	elsewhere := webhook("crm", waits(0)...)
	elsewhere.Retargeted = true
	r := newRun(t, elsewhere, webhook("mailing", waits(0)...))
	went := map[string][]bool{}
	r.deliver = func(_ context.Context, in activities.DeliverInput) (models.Verdict, error) {
		went[in.DeliveryID] = append(went[in.DeliveryID], in.Retargeted)
		return failed(), nil
	}
	require.ErrorContains(t, r.execute(), "webhook crm (to another URL): ")
	require.Equal(t, map[string][]bool{"dlv_crm": {true, true}, "dlv_mailing": {false, false}}, went)
}
