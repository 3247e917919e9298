package activities

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// square is a crowd under a clock that the test moves.
type square struct {
	crowd

	start, at time.Time
}

func newSquare() *square {
	start := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	s := &square{start: start, at: start}
	s.now = func() time.Time { return s.at }
	return s
}

// places is the limit of the endpoint in these tests.
const places = 4

// come has a delivery ask for a place that was first due so long after the
// start; wait is 0 for one that got it.
func (s *square) come(id string, due time.Duration) (leave func(), wait time.Duration) {
	leave, err := s.enter("endpoint", visitor{id, s.start.Add(due)}, places)
	if crowded, yes := errors.AsType[crowdedError](err); yes {
		return nil, crowded.wait
	}
	return leave, 0
}

// fill takes all places, a second apart from now on.
func (s *square) fill() (leaves []func()) {
	for n := range places {
		leave, _ := s.come(fmt.Sprintf("early_%d", n), time.Duration(n)*time.Second)
		leaves = append(leaves, leave)
		s.at = s.at.Add(time.Second)
	}
	return leaves
}

// hung is an endpoint that keeps every place for 30 s: all were taken anew since
// the start, a second apart. It is 10 s after the start.
func hung() (s *square, leaves []func()) {
	s = newSquare()
	s.at = s.start.Add(-30 * time.Second)
	for n, leave := range s.fill() {
		s.at = s.start.Add(time.Duration(n) * time.Second)
		leave()
		leave, _ = s.come(fmt.Sprintf("again_%d", n), 0)
		leaves = append(leaves, leave)
	}
	s.at = s.start.Add(10 * time.Second)
	return s, leaves
}

func requireWithin(t *testing.T, wait, least, most time.Duration) {
	t.Helper()
	require.GreaterOrEqual(t, wait, least)
	require.LessOrEqual(t, wait, most)
}

func TestABurstAtAFastEndpointIsPutOffForABlink(t *testing.T) {
	t.Parallel()
	s := newSquare()
	for n := range places {
		s.come(fmt.Sprintf("early_%d", n), 0)
	}
	s.at = s.at.Add(10 * time.Millisecond)
	for n := range 20 {
		_, wait := s.come(fmt.Sprintf("late_%d", n), time.Minute)
		requireWithin(t, wait, 250*time.Millisecond, 500*time.Millisecond)
	}
}

func TestWhoIsPutOffComesBackWhenAPlaceIsFree(t *testing.T) {
	t.Parallel()
	s, _ := hung()
	for place := range places {
		_, wait := s.come(fmt.Sprintf("late_%d", place), 10*time.Second)
		free := time.Duration(30+place) * time.Second
		requireWithin(t, s.at.Add(wait).Sub(s.start), free, free+500*time.Millisecond)
	}
	_, wait := s.come("late_4", 10*time.Second)
	requireWithin(t, wait, 15*time.Second, 30*time.Second)
}

// A hang is taken for one before anything has timed out: whoever is put off after
// 5 s does not come back every second.
func TestAHangShowsBeforeItEnds(t *testing.T) {
	t.Parallel()
	s := newSquare()
	s.fill()
	s.at = s.start.Add(7 * time.Second) // half of them have been there for 5 s or longer
	_, wait := s.come("late", 7*time.Second)
	requireWithin(t, wait, 8*time.Second, 8500*time.Millisecond) // 15 s after the first of them came

	s.at = s.start.Add(20 * time.Second)
	_, wait = s.come("late", 7*time.Second)
	requireWithin(t, wait, 10*time.Second, 10500*time.Millisecond) // none lasts longer than 30 s
}

func TestAFewSlowAnswersDoNotMakeAnEndpointSlow(t *testing.T) {
	t.Parallel()
	s := newSquare()
	leaves := s.fill()
	s.at = s.start.Add(20 * time.Second)
	leaves[2]()
	leaves[3]()
	for range 50 {
		for _, id := range []string{"fast_1", "fast_2"} {
			leave, wait := s.come(id, 20*time.Second)
			require.Zero(t, wait)
			s.at = s.at.Add(20 * time.Millisecond)
			leave()
		}
	}
	s.come("fast_1", 21*time.Second)
	s.come("fast_2", 21*time.Second)
	_, wait := s.come("late", 22*time.Second)
	requireWithin(t, wait, 250*time.Millisecond, 500*time.Millisecond)
}

func TestAPlaceIsKeptForWhoHasWaitedLonger(t *testing.T) {
	t.Parallel()
	s, leaves := hung()
	_, wait := s.come("first", 9*time.Second)
	s.at = s.at.Add(wait - 500*time.Millisecond)
	leaves[0]()
	_, denied := s.come("newcomer", 29*time.Second)
	require.Positive(t, denied, "the first in line is about to come back")
	s.at = s.at.Add(500 * time.Millisecond)
	_, denied = s.come("first", 9*time.Second)
	require.Zero(t, denied)
}

// Temporal may send a delivery that was put off to another worker, or nobody may
// want it any more.
func TestAPlaceIsNotKeptForWhoDoesNotComeBack(t *testing.T) {
	t.Parallel()
	s, leaves := hung()
	_, wait := s.come("first", 9*time.Second)
	s.at = s.at.Add(wait + comesLate + time.Nanosecond)
	leaves[0]()
	_, denied := s.come("newcomer", 29*time.Second)
	require.Zero(t, denied)
}

func TestWhoIsNotExpectedSoonDoesNotKeepAFreePlaceEmpty(t *testing.T) {
	t.Parallel()
	s, leaves := hung()
	_, wait := s.come("first", 9*time.Second)
	require.Greater(t, wait, 2*maxReserved)
	for _, leave := range leaves {
		leave()
	}
	_, denied := s.come("newcomer", 10*time.Second)
	require.Zero(t, denied, "the endpoint answers again")
}

func TestNobodyStandsInLineTwice(t *testing.T) {
	t.Parallel()
	s, _ := hung()
	for n := range 10 {
		s.come("late", time.Duration(10+n)*time.Second)
	}
	require.Len(t, s.endpoints["endpoint"].line, 1)
	require.Equal(t, s.start.Add(10*time.Second), s.endpoints["endpoint"].line[0].since)
}

func TestEndpointsHaveTheirOwnPlaces(t *testing.T) {
	t.Parallel()
	s := newSquare()
	s.fill()
	_, err := s.enter("another", visitor{"dlv_1", s.at}, places)
	require.NoError(t, err)
}

func TestWhatIsOverIsForgotten(t *testing.T) {
	t.Parallel()
	s := newSquare()
	leaves := s.fill()
	s.come("gives up", time.Minute)
	s.learn("act_1", "endpoint")
	name, found := s.endpoint("act_1")
	require.True(t, found)
	require.Equal(t, "endpoint", name)

	s.at = s.at.Add(knownFor)
	_, found = s.endpoint("act_1")
	require.False(t, found, "its URL may have been corrected")
	for _, leave := range leaves {
		leave()
	}
	s.at = s.at.Add(time.Hour)
	_, err := s.enter("another", visitor{"dlv_1", s.at}, places)
	require.NoError(t, err)
	require.Len(t, s.endpoints, 1)
	require.Empty(t, s.known)
}
