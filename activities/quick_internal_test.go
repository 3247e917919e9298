package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// visit has somebody hold a place at the endpoint for a while.
func (s *square) visit(held time.Duration) {
	leave, _ := s.come("somebody", 0)
	s.at = s.at.Add(held)
	leave()
}

func TestAnEndpointIsQuickOnceItAnsweredSoon(t *testing.T) {
	t.Parallel()
	s := newSquare()
	require.False(t, s.quick("act"), "nobody knows where the action goes")
	s.learn("act", "endpoint")
	require.False(t, s.quick("act"), "nobody was there")
	s.visit(20 * time.Millisecond)
	require.True(t, s.quick("act"))
	require.False(t, s.quick("act_other"))

	s.at = s.at.Add(knownFor)
	require.False(t, s.quick("act"), "the action may go elsewhere by now")
}

func TestAnEndpointInUseStaysQuick(t *testing.T) {
	t.Parallel()
	s := newSquare()
	for range 30 {
		s.learn("act", "endpoint") // every attempt reads where its action goes
		s.visit(20 * time.Millisecond)
		s.at = s.at.Add(time.Second)
		require.True(t, s.quick("act"))
	}
	s.at = s.at.Add(knownFor)
	s.learn("act", "endpoint")
	s.come("somebody else", 0)
	require.False(t, s.quick("act"), "how long it takes was forgotten")
}

func TestAnEndpointThatTakesItsTimeIsNotQuick(t *testing.T) {
	t.Parallel()
	s := newSquare()
	s.learn("act", "endpoint")
	s.visit(quickTypically)
	require.False(t, s.quick("act"))
}

func TestAnEndpointThatBeginsToHangIsNotQuickAnyMore(t *testing.T) {
	t.Parallel()
	s := newSquare()
	s.learn("act", "endpoint")
	s.visit(20 * time.Millisecond)
	leave, _ := s.come("first", 0)
	require.True(t, s.quick("act"))
	s.at = s.at.Add(quickSince)
	require.False(t, s.quick("act"), "one waits for its answer for too long")
	s.at = s.at.Add(2 * time.Second)
	leave()
	require.False(t, s.quick("act"), "and took too long")
}

func TestFewAttemptsAreMadeWithinWorkflowTasks(t *testing.T) {
	t.Parallel()
	s := newSquare()
	s.learn("act", "endpoint")
	s.visit(20 * time.Millisecond)
	var leaves []func()
	for range quickAtOnce {
		leave, taken := s.enterQuick("act")
		require.True(t, taken)
		leaves = append(leaves, leave)
	}
	_, taken := s.enterQuick("act")
	require.False(t, taken)
	leaves[0]()
	_, taken = s.enterQuick("act")
	require.True(t, taken)
}

func TestABusyEndpointIsNotQuick(t *testing.T) {
	t.Parallel()
	s := newSquare()
	s.learn("act", "endpoint")
	s.visit(20 * time.Millisecond)
	for range places {
		_, wait := s.come("", 0)
		require.Zero(t, wait)
	}
	_, wait := s.come("late", 0)
	require.Positive(t, wait)
	require.False(t, s.quick("act"), "somebody stands in line")
}
