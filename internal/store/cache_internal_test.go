package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// source is what a cache reads from: the number of the read, unless fail is
// set. It waits for the gate where there is one.
type source struct {
	reads int
	fail  error
	gate  chan struct{}
}

func (s *source) read(ctx context.Context, _ string) (int, error) {
	s.reads++
	number, fail := s.reads, s.fail
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return 0, wrap(ctx.Err(), "read")
		}
	}
	return number, fail
}

var errAway = models.Errorf(models.CodeUnavailable, "away")

// cached is a cache of three entries that hears of changes.
func cached(s *source) *cache[string, int] {
	c := newCache(3, s.read)
	c.hearing(true)
	return c
}

func requireValue(t *testing.T, want int, c *cache[string, int], key string) {
	t.Helper()
	value, err := c.get(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, want, value)
}

func TestAValueIsReadOnceAndAgainWhenItChanged(t *testing.T) {
	t.Parallel()
	c := cached(&source{})
	requireValue(t, 1, c, "a")
	requireValue(t, 2, c, "b")
	c.changed("a")
	requireValue(t, 2, c, "b")
	requireValue(t, 3, c, "a")
	requireValue(t, 3, c, "a")
}

func TestWhileNothingIsHeardEachUseReads(t *testing.T) {
	t.Parallel()
	c := newCache(3, (&source{}).read)
	requireValue(t, 1, c, "a")
	requireValue(t, 2, c, "a")
	c.hearing(true)
	requireValue(t, 3, c, "a") // changes may have been missed
	requireValue(t, 3, c, "a")
	c.hearing(false)
	requireValue(t, 4, c, "a")
	requireValue(t, 5, c, "a")
}

func TestAReadThatAChangeOvertookIsNotTrusted(t *testing.T) {
	t.Parallel()
	for name, overtake := range map[string]func(c *cache[string, int]){
		"a change":            func(c *cache[string, int]) { c.changed("a") },
		"changes were missed": func(c *cache[string, int]) { c.hearing(false); c.hearing(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &source{gate: make(chan struct{})}
				c := cached(s)
				go func() { requireValue(t, 1, c, "a") }()
				synctest.Wait()
				overtake(c)
				go func() { requireValue(t, 2, c, "a") }() // does not wait for the read before the change
				synctest.Wait()
				close(s.gate)
				synctest.Wait()
				requireValue(t, 2, c, "a")
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

func TestUsesAtOneTimeShareARead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{gate: make(chan struct{})}
		c := cached(s)
		impatient, giveUp := context.WithCancel(t.Context())
		go func() {
			_, err := c.get(impatient, "a")
			require.ErrorIs(t, err, context.Canceled)
		}()
		synctest.Wait()
		for range 8 {
			go func() { requireValue(t, 1, c, "a") }()
		}
		synctest.Wait()
		giveUp()
		synctest.Wait()
		close(s.gate)
		synctest.Wait()
		require.Equal(t, 1, s.reads)
	})
}

func TestWhatIsKeptOutlivesTheDatabase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		c := cached(s)
		requireValue(t, 1, c, "a")
		c.hearing(false)
		s.fail = errAway
		for range 5 {
			requireValue(t, 1, c, "a")
		}
		require.Equal(t, 2, s.reads, "the database is left alone for a second")
		<-time.After(quiet)
		requireValue(t, 1, c, "a")
		require.Equal(t, 3, s.reads)

		_, err := c.get(t.Context(), "never seen")
		require.ErrorIs(t, err, errAway)
		require.Equal(t, 4, s.reads, "what is not kept is asked for at any time")

		s.fail = nil
		c.hearing(true)
		requireValue(t, 5, c, "a")
	})
}

func TestADatabaseThatIsSilentCostsLittle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		c := cached(s)
		requireValue(t, 1, c, "a")
		c.changed("a")
		s.gate = make(chan struct{})
		before := time.Now()
		requireValue(t, 1, c, "a")
		require.Equal(t, 300*time.Millisecond, time.Since(before))

		before = time.Now()
		_, err := c.get(t.Context(), "never seen")
		require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
		require.Less(t, time.Since(before), 2*time.Second)
	})
}

func TestErrorsAreNotKept(t *testing.T) {
	t.Parallel()
	notFound := models.Errorf(models.CodeNotFound, "gone")
	s := &source{fail: notFound}
	c := cached(s)
	_, err := c.get(t.Context(), "a")
	require.ErrorIs(t, err, notFound)
	require.Empty(t, c.entries)
	s.fail = nil
	requireValue(t, 2, c, "a")

	s.fail = errors.New("a defect")
	c.changed("a")
	_, err = c.get(t.Context(), "a")
	require.ErrorIs(t, err, s.fail)

	s.fail = notFound
	_, err = c.get(t.Context(), "a")
	require.ErrorIs(t, err, notFound)
	s.fail = errAway
	_, err = c.get(t.Context(), "a")
	require.ErrorIs(t, err, errAway, "what was deleted is forgotten")
}

func TestWhatWasNotUsedForLongestGivesWay(t *testing.T) {
	t.Parallel()
	c := cached(&source{})
	requireValue(t, 1, c, "a")
	requireValue(t, 2, c, "b")
	requireValue(t, 3, c, "c")
	requireValue(t, 1, c, "a")
	requireValue(t, 4, c, "d")
	require.Len(t, c.entries, 3)
	requireValue(t, 1, c, "a")
	requireValue(t, 5, c, "b")
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
