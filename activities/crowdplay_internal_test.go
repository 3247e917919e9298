package activities

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// play has deliveries come at a rate to an endpoint with 64 places, come back
// when they were told to, and keep a place for as long as the endpoint takes.
type play struct {
	*square

	agenda []scene
	// holds is how long a place is kept by who enters at a time.
	holds func(at time.Time) time.Duration
	// asked counts how often each delivery asked for a place, asking the
	// questions of each second from the start; entered is who got one, in order.
	asked   map[int]int
	asking  map[time.Duration]int
	entered []int
}

// scene is something that happens at a time.
type scene struct {
	at time.Time
	do func()
}

func newPlay(holds func(at time.Time) time.Duration) *play {
	return &play{square: newSquare(), holds: holds, asked: map[int]int{}, asking: map[time.Duration]int{}}
}

func (p *play) after(wait time.Duration, do func()) {
	next := scene{p.at.Add(wait), do}
	i, _ := slices.BinarySearchFunc(p.agenda, next, func(a, b scene) int { return cmp.Or(b.at.Compare(a.at), 1) })
	p.agenda = slices.Insert(p.agenda, i, next)
}

func (p *play) visit(n int, due time.Time) {
	p.asked[n]++
	p.asking[p.at.Sub(p.start).Truncate(time.Second)]++
	leave, err := p.enter("endpoint", visitor{fmt.Sprintf("dlv_%06d", n), due}, maxPerEndpoint)
	if crowded, yes := errors.AsType[crowdedError](err); yes {
		p.after(crowded.wait, func() { p.visit(n, due) })
		return
	}
	p.entered = append(p.entered, n)
	p.after(p.holds(p.at), leave)
}

// run plays until a time, or until everybody had their turn where that is
// earlier.
func (p *play) run(perSecond int, coming, until time.Duration) {
	pause := time.Second / time.Duration(perSecond)
	p.follow(0, int(coming/pause), pause)
	for len(p.agenda) > 0 && p.at.Before(p.start.Add(until)) {
		next := p.agenda[len(p.agenda)-1]
		p.agenda = p.agenda[:len(p.agenda)-1]
		p.at = next.at
		next.do()
	}
}

// follow has the nth delivery come now, and the next after a pause.
func (p *play) follow(n, end int, pause time.Duration) {
	p.visit(n, p.at)
	if n+1 < end {
		p.after(pause, func() { p.follow(n+1, end, pause) })
	}
}

func hangs(time.Time) time.Duration { return 30 * time.Second }

// Waits that merely double would bring each of them back six times.
func TestWhoIsPutOffComesBackAboutTwice(t *testing.T) {
	t.Parallel()
	p := newPlay(hangs)
	p.run(20, 10*time.Second, time.Hour)
	require.Len(t, p.entered, 200)
	total := 0
	for _, times := range p.asked {
		total += times - 1
	}
	require.Less(t, float64(total)/200, 2.5)
	require.Less(t, p.at.Sub(p.start), 130*time.Second, "four rounds of 30 s, and little between them")
	for turn, n := range p.entered {
		require.InDelta(t, turn, n, 20, "about first come, first served")
	}
}

// A line of ten thousand asks no more often than one of a thousand.
func TestALongLineCostsNoMoreThanAShortOne(t *testing.T) {
	t.Parallel()
	p := newPlay(hangs)
	p.run(50, 4*time.Minute, 4*time.Minute)
	for second, questions := range p.asking {
		require.Less(t, questions, 50+4*returnsPerSecond, "after %s", second)
	}
}

// The endpoint hangs for a minute: 1,200 deliveries come meanwhile.
func TestTheLineIsServedSoonAfterTheEndpointRecovered(t *testing.T) {
	t.Parallel()
	recovered := newSquare().start.Add(time.Minute)
	p := newPlay(func(at time.Time) time.Duration {
		if at.Before(recovered) {
			return 30 * time.Second
		}
		return 20 * time.Millisecond
	})
	p.run(20, 2*time.Minute, 125*time.Second)
	require.Len(t, p.entered, 2400)
	require.Empty(t, p.agenda)
}
