package store

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestAReadThatAChangeOvertookIsNotTrusted(t *testing.T) {
	t.Parallel()
	change := func(c *cache[string, int]) { c.changed("a") }
	for name, test := range map[string]struct {
		result   error
		overtake func(c *cache[string, int])
	}{
		"a change":              {nil, change},
		"changes were missed":   {nil, func(c *cache[string, int]) { c.hearing(false); c.hearing(true) }},
		"it was not there":      {errGone, change},
		"the database was away": {errAway, change},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				gate := make(chan struct{})
				s := &source{gate: gate, fail: test.result}
				c := cached(s)
				go func() {
					_, err := c.get(t.Context(), "a")
					require.ErrorIs(t, err, test.result)
				}()
				synctest.Wait()
				test.overtake(c)
				s.gate, s.fail = nil, nil
				requireValue(t, 2, c, "a") // does not wait for the read before the change
				close(gate)
				synctest.Wait()
				requireValue(t, 2, c, "a")
				c.changed("a")
				requireValue(t, 3, c, "a")
			})
		})
	}
}

func TestAReadThatAChangeOvertookIsBetterThanNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{gate: make(chan struct{})}
		c := cached(s)
		go func() { requireValue(t, 1, c, "a") }()
		synctest.Wait()
		c.changed("a")
		close(s.gate)
		synctest.Wait()
		s.fail = errAway
		requireValue(t, 1, c, "a")
		require.Equal(t, 2, s.reads)
	})
}

// TestNoUseSeesLessThanTheLastChange: who asks after a change was told of
// never gets what was there before it.
func TestNoUseSeesLessThanTheLastChange(t *testing.T) {
	t.Parallel()
	const changes, readers = 2000, 4
	var mu sync.Mutex
	committed, told := 0, 0
	number := func(of *int) int { mu.Lock(); defer mu.Unlock(); return *of }
	c := newCache(3, func(context.Context, string) (int, error) { return number(&committed), nil })
	c.hearing(true)
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			for least := 0; least < changes; least = number(&told) {
				value, err := c.get(t.Context(), "a")
				if err != nil || value < least {
					t.Errorf("%d after %d: %v", value, least, err)
					return
				}
			}
		})
	}
	for i := 1; i <= changes; i++ {
		mu.Lock()
		committed = i
		mu.Unlock()
		c.changed("a")
		mu.Lock()
		told = i
		mu.Unlock()
		if i%100 == 0 {
			c.hearing(false)
			c.hearing(true)
		}
	}
	all.Wait()
}
