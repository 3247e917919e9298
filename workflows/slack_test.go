package workflows_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
)

func (e *effects) DeliverSlack(ctx context.Context, in activities.DeliverInput) (models.Verdict, error) {
	return e.DeliverWebhook(ctx, in)
}

func TestEachTypeOfActionHasItsActivity(t *testing.T) {
	t.Parallel()
	for kind, activity := range map[models.ActionType]string{
		models.ActionWebhook: "DeliverWebhook", models.ActionEmail: "DeliverEmail", models.ActionSlack: "DeliverSlack",
	} {
		delivery := webhook("one")
		delivery.Type = kind
		r := newRun(t, delivery)
		require.NoError(t, r.execute())
		require.Equal(t, 1, r.journal.remote[activity], kind)
	}
}
