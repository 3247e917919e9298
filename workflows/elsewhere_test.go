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
	r.deliver = func(context.Context, activities.DeliverInput) (models.Verdict, error) { return failed(), nil }
	require.ErrorContains(t, r.execute(), "webhook crm (to another URL): ")
	went := map[string][]bool{}
	for _, attempt := range inputsOf[activities.DeliverInput](r.journal) {
		went[attempt.DeliveryID] = append(went[attempt.DeliveryID], attempt.Retargeted)
	}
	require.Equal(t, map[string][]bool{"dlv_crm": {true, true}, "dlv_mailing": {false, false}}, went)
}
