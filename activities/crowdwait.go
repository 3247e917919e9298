package activities

import (
	"math/rand/v2"
	"time"
)

// Waits before a crowded endpoint is tried again.
const (
	// firstCrowdedWait is about the shortest: a burst at a fast endpoint is over
	// in a blink.
	firstCrowdedWait = 500 * time.Millisecond
	// maxCrowdedWait is the longest: after that a line that is not too long has
	// noticed that its endpoint answers again.
	maxCrowdedWait = 30 * time.Second
	// returnsPerSecond bounds what a long line costs: where more would come back
	// within maxCrowdedWait, they wait longer.
	returnsPerSecond = 50
	// maxReserved is how long a free place is kept for somebody at most.
	maxReserved = time.Second
)

// What is thought of those that have held their place for longer than is
// typical: most will hold it a few times as long as they have, but none for
// longer than an attempt may last.
const (
	hangFactor  = 3
	longestHold = 30 * time.Second
)

// hold is for how long the places that are taken now will have been held. Where
// half of them have been for longer than is typical, something has changed, and
// what was typical counts no more: a hang shows long before it ends.
func (e *endpoint) hold(now time.Time) time.Duration {
	if len(e.entered) == 0 {
		return e.typical
	}
	age := now.Sub(e.entered[len(e.entered)/2])
	if age <= e.typical {
		return e.typical
	}
	return max(e.typical, min(hangFactor*age, longestHold))
}

// reservation is for how long a free place is kept for somebody who comes back:
// a small part of what another would hold it for.
func (e *endpoint) reservation(now time.Time) time.Duration { return min(e.hold(now)/4, maxReserved) }

// wait is until a place is free for a visitor behind so many others: the oldest
// that are under way leave first, and then those who came after them.
func (e *endpoint) wait(ahead int, now time.Time, limit int) time.Duration {
	hold := e.hold(now)
	wait := time.Duration(ahead/limit) * hold
	if taken := ahead%limit - (limit - len(e.entered)); taken >= 0 {
		wait += max(e.entered[taken].Add(hold).Sub(now), 0)
	}
	longest := max(maxCrowdedWait, time.Duration(len(e.line))*time.Second/returnsPerSecond)
	return spread(wait, longest)
}

// spread adds some chance, lest many come back at once. Half of the longest wait
// is chance: who is told that does not stand near the front.
func spread(wait, longest time.Duration) time.Duration {
	if wait+firstCrowdedWait > longest {
		return longest/2 + rand.N(longest/2)
	}
	return max(wait, firstCrowdedWait/2) + rand.N(firstCrowdedWait/2)
}
