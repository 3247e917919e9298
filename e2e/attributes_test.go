package e2e_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
)

// Leads that Temporal refuses because it does not know the search attributes, yet
// or any more, are accepted and wait like those that cannot reach it.
func TestLeadsWaitForTheSearchAttributes(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	operator := m.dialTemporal().OperatorService()
	form := m.createForm("attributes", newReceiver(t, http.StatusOK).URL)
	const attribute = "LeadForm"
	_, err := operator.RemoveSearchAttributes(t.Context(), &operatorservice.RemoveSearchAttributesRequest{
		Namespace: client.DefaultNamespace, SearchAttributes: []string{attribute},
	})
	require.NoError(t, err)
	lead := ""
	require.Eventually(t, func() bool {
		lead = m.submit(form, "ada@example.com")
		return slices.Contains(m.waiting(), lead)
	}, time.Minute, pollEvery)

	_, err = operator.AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{
		Namespace:        client.DefaultNamespace,
		SearchAttributes: map[string]enums.IndexedValueType{attribute: enums.INDEXED_VALUE_TYPE_KEYWORD},
	})
	require.NoError(t, err)
	m.waitFor(lead, "completed", time.Minute)
	require.Equal(t, 0, leadrail.stop())
}
