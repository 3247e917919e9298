package child_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/child"
)

var errBroken = errors.New("broken")

// service is one that the test ends.
type service struct {
	done    chan struct{}
	err     error
	stopErr error
	// stopFor is how long Stop was given; 0 before.
	stopFor time.Duration
}

func healthy() (*service, error) { return &service{done: make(chan struct{})}, nil }

func failing() (*service, error) { return nil, errBroken }

// shortLived breaks as soon as it runs.
func shortLived() (*service, error) {
	s, _ := healthy()
	s.end(errBroken)
	return s, nil
}

func (s *service) Done() <-chan struct{} { return s.done }
func (s *service) Err() error            { return s.err }

func (s *service) Stop(ctx context.Context) error {
	if deadline, bounded := ctx.Deadline(); bounded && ctx.Err() == nil {
		s.stopFor = time.Until(deadline)
	}
	return s.stopErr
}

// end ends the service as if by itself, or as if stopped when err is nil.
func (s *service) end(err error) {
	s.err = err
	close(s.done)
}

// kept is a Keep under way.
type kept struct {
	ready  chan *service
	result chan error
	cancel context.CancelFunc
}

// keep runs Keep in a bubble of virtual time, which passes while the test
// waits for ready or result.
func keep(t *testing.T, start func() (*service, error)) kept {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	k := kept{ready: make(chan *service, 100), result: make(chan error), cancel: cancel}
	go func() {
		k.result <- child.Keep(ctx, slog.New(slog.DiscardHandler), func(context.Context) (*service, error) {
			return start()
		}, func(s *service) { k.ready <- s })
	}()
	return k
}

func TestKeepReportsTheFirstStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, failing)
		require.ErrorIs(t, <-k.result, errBroken)
		require.Empty(t, k.ready)
	})
}

func TestKeepStartsABrokenServiceAgainAfterLongerAndLongerPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, shortLived)
		var pauses []time.Duration
		began := time.Now()
		for range 10 {
			<-k.ready
			pauses = append(pauses, time.Since(began)/time.Millisecond)
			began = time.Now()
		}
		require.Equal(t, []time.Duration{0, 50, 100, 200, 400, 800, 1600, 3200, 5000, 5000}, pauses)
		k.cancel()
		require.NoError(t, <-k.result)
	})
}

func TestKeepForgetsOldTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, healthy)
		for range 5 {
			(<-k.ready).end(errBroken)
		}
		settled := <-k.ready
		<-time.After(11 * time.Second)
		broken := time.Now()
		settled.end(errBroken)
		<-k.ready
		require.Equal(t, 50*time.Millisecond, time.Since(broken))
		k.cancel()
		require.NoError(t, <-k.result)
	})
}

func TestKeepTriesLaterStartsUntilTheySucceed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		k := keep(t, func() (*service, error) {
			if passed := time.Since(began); passed > 0 && passed < time.Hour {
				return failing()
			}
			return healthy()
		})
		(<-k.ready).end(errBroken)
		again := <-k.ready
		require.GreaterOrEqual(t, time.Since(began), time.Hour)
		k.cancel()
		require.NoError(t, <-k.result)
		require.Positive(t, again.stopFor)
	})
}

func TestKeepEndsWithAServiceThatWasStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, healthy)
		(<-k.ready).end(nil)
		require.NoError(t, <-k.result)
		require.Empty(t, k.ready, "it is not started again")
	})
}

func TestKeepStopsTheServiceWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, func() (*service, error) {
			s, err := healthy()
			s.stopErr = errBroken
			return s, err
		})
		s := <-k.ready
		k.cancel()
		require.ErrorIs(t, <-k.result, errBroken)
		require.Equal(t, 30*time.Second, s.stopFor, "the end of the context leaves time to stop")
	})
}

func TestKeepGivesUpAPauseWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := keep(t, healthy)
		(<-k.ready).end(errBroken)
		synctest.Wait()
		began := time.Now()
		k.cancel()
		require.NoError(t, <-k.result)
		require.Zero(t, time.Since(began))
		require.Empty(t, k.ready)
	})
}
