package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

func TestProgressOfManyLeadsAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "mailing")))
	storeLead(t, s, aLead("sub_1"), "mailing", "crm")
	storeLead(t, s, aLead("sub_2"))
	openAttempt(t, s, opening(1))
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 1, refused())))
	wait := retryOf("crm", 1)
	require.NoError(t, s.MarkRetrying(t.Context(), wait))
	openAttempt(t, s, opening(2))

	found, err := s.Progress(t.Context(), []string{"sub_2", "sub_none", "sub_1"})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(map[string]store.Progress{
		"sub_1": {
			SubmissionID: "sub_1", Status: models.StatusRetrying,
			Deliveries: []store.DeliveryProgress{
				{
					DeliveryID: "dlv_crm", ActionID: "act_crm", ActionName: "crm", Type: models.ActionWebhook,
					Status: models.DeliveryRetrying, NextAttemptAt: &wait.NextAttemptAt, ErrorCode: refused().Code, Tries: 2,
				},
				{DeliveryID: "dlv_mailing", ActionID: "act_mailing", ActionName: "mailing", Type: models.ActionWebhook, Status: models.DeliveryPending},
			},
		},
		"sub_2": {SubmissionID: "sub_2", Status: models.StatusPending},
	}, found))
}

func TestProgressOfNobody(t *testing.T) {
	t.Parallel()
	found, err := newStore(t).Progress(t.Context(), []string{"sub_1"})
	require.NoError(t, err)
	require.Empty(t, found)
	_, err = open(t, "postgres://nobody@127.0.0.1:1/none").Progress(t.Context(), []string{"sub_1"})
	requireCode(t, models.CodeUnavailable, err)
}
