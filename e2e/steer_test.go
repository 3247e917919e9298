package e2e_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A lead that waits for an hour is tried at once when somebody asks for it, once
// however many ask, or ends when somebody cancels it.
func TestAWaitingLeadIsRetriedOrCancelled(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()

	endpoint := newReceiver(t, http.StatusInternalServerError, http.StatusOK)
	retried := m.submit(m.createForm("retried", endpoint.URL, "1h"), "ada@example.com")
	m.waitFor(retried, "retrying", 10*time.Second)
	answers := make([]int, 20)
	var clicks sync.WaitGroup
	for i := range answers {
		clicks.Go(func() { answers[i] = m.call(http.MethodPost, "/v1/submissions/"+retried+"/retry", nil, nil) })
	}
	clicks.Wait()
	for _, answer := range answers {
		require.Contains(t, []int{http.StatusAccepted, http.StatusConflict}, answer)
	}
	require.Contains(t, answers, http.StatusAccepted)
	done := m.waitFor(retried, "completed", 10*time.Second)
	require.Len(t, done.Deliveries[0].Attempts, 2)
	require.Len(t, endpoint.all(), 2, "twenty clicks are one attempt")
	require.Equal(t, http.StatusConflict, m.call(http.MethodPost, "/v1/submissions/"+retried+"/retry", nil, nil))

	deadEnd := newReceiver(t, http.StatusInternalServerError)
	cancelled := m.submit(m.createForm("cancelled", deadEnd.URL, "1h"), "ada@example.com")
	m.waitFor(cancelled, "retrying", 10*time.Second)
	require.Equal(t, http.StatusAccepted,
		m.call(http.MethodPost, "/v1/submissions/"+cancelled+"/cancel", map[string]any{"reason": "a duplicate"}, nil))
	failed := m.waitFor(cancelled, "failed", 10*time.Second)
	require.Equal(t, "cancelled: a duplicate", failed.FailureReason)
	require.Len(t, deadEnd.all(), 1)
	require.Equal(t, http.StatusConflict, m.call(http.MethodPost, "/v1/submissions/"+cancelled+"/cancel", nil, nil))
	require.Equal(t, 0, leadrail.stop())
}
