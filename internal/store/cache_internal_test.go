package store

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

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

var (
	errAway = models.Errorf(models.CodeUnavailable, "away")
	errGone = models.Errorf(models.CodeNotFound, "gone")
)

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

func TestErrorsAreNotKept(t *testing.T) {
	t.Parallel()
	s := &source{fail: errGone}
	c := cached(s)
	_, err := c.get(t.Context(), "a")
	require.ErrorIs(t, err, errGone)
	require.Empty(t, c.entries)
	s.fail = nil
	requireValue(t, 2, c, "a")

	s.fail = errors.New("a defect")
	c.changed("a")
	_, err = c.get(t.Context(), "a")
	require.ErrorIs(t, err, s.fail)

	s.fail = errGone
	_, err = c.get(t.Context(), "a")
	require.ErrorIs(t, err, errGone)
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
