package e2e_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The default schedule, in real time: at once, at once again, a minute later.
func TestDefaultScheduleInRealTime(t *testing.T) {
	t.Parallel()
	if os.Getenv("LEADRAIL_LONG") == "" {
		t.Skip("takes more than a minute: set LEADRAIL_LONG=1")
	}
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	endpoint := newReceiver(t, http.StatusInternalServerError, http.StatusInternalServerError, http.StatusOK)
	id := m.submit(m.createFormWith("default_schedule", endpoint.URL, 1), "ada@example.com")

	waiting := m.waitFor(id, "retrying", 5*time.Second)
	require.NotEmpty(t, waiting.Deliveries)
	done := m.waitFor(id, "completed", 2*time.Minute)
	require.Len(t, done.Deliveries[0].Attempts, 3)

	arrivals := endpoint.all()
	require.Len(t, arrivals, 3)
	require.InDelta(t, 0, arrivals[1].At.Sub(arrivals[0].At).Seconds(), 2)
	require.InDelta(t, 60, arrivals[2].At.Sub(arrivals[1].At).Seconds(), 2)
	require.Equal(t, 0, leadrail.stop())
}
