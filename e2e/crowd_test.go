package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/loadtest"
)

// hangingLeads go to each endpoint, hangingRate of them a second.
const (
	hangingLeads = 200
	hangingRate  = 20
)

// An endpoint that takes the request and never answers holds up nobody else's
// leads: they travel as they do without it.
func TestAHangingEndpointHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	if os.Getenv("LEADRAIL_LONG") == "" {
		t.Skip("compares times, which wants a quiet machine: set LEADRAIL_LONG=1")
	}
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	m.travel("warm_up", "")
	alone := m.travel("alone", "")
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hanging.CloseClientConnections)
	beside := m.travel("beside", hanging.URL)

	t.Logf("accept to receipt alone: p50 %s p99 %s; beside a hanging endpoint: p50 %s p99 %s", alone.P50, alone.P99, beside.P50, beside.P99)
	require.LessOrEqual(t, float64(beside.P99), 1.5*float64(alone.P99))
	require.Equal(t, 0, leadrail.stop())
}

// travel submits leads to a healthy endpoint, and as many to another one where
// there is one, and tells how long the healthy one's took.
func (m *machine) travel(name, otherURL string) loadtest.Travel {
	m.t.Helper()
	ledger := loadtest.NewLedger()
	sink, err := loadtest.NewSink(ledger)
	require.NoError(m.t, err)
	defer sink.Close()
	during := hangingLeads / hangingRate * time.Second
	generator := func(form string, ledger *loadtest.Ledger) *loadtest.Generator {
		return &loadtest.Generator{Bases: []string{"http://" + m.api}, Key: m.adminKey, FormID: form, Ledger: ledger, Prefix: name}
	}
	healthy := generator(m.createForm(name, sink.URL), ledger)
	if otherURL != "" {
		other := generator(m.createForm(name+"_other", otherURL), loadtest.NewLedger())
		go other.Open(m.t.Context(), hangingRate, during)
	}
	healthy.Open(m.t.Context(), hangingRate, during)
	require.Eventually(m.t, func() bool { return ledger.Missing() == 0 }, allDelivered, pollEvery)
	return ledger.Travel()
}
