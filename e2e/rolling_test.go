package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A new version is put in place one replica after the other, and nobody who
// sends leads through a load balancer notices.
func TestARollingRestartFailsNoRequest(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	f := c.newFlow("rolling", c.bases...)
	f.Usable = c.balance()
	f.while(oneOf(20, 50), func() {
		for _, replica := range c.replicas {
			replica.stop()
			replica.start()
		}
	})
	account := f.settle()
	require.Empty(t, account.Refused)
	require.Zero(t, account.Unanswered)
	require.Zero(t, account.Duplicates)
}
