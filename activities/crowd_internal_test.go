package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWaitsForACrowdedEndpointGrowToHalfAMinute(t *testing.T) {
	t.Parallel()
	for try, most := range map[int32]time.Duration{
		1: 500 * time.Millisecond, 2: time.Second, 6: 16 * time.Second, 7: 30 * time.Second, 8: 30 * time.Second, 1 << 30: 30 * time.Second,
	} {
		for range 100 {
			wait := crowdedWait(try)
			require.GreaterOrEqual(t, wait, most/2)
			require.Less(t, wait, most)
		}
	}
}
