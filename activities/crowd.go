package activities

import (
	"net/url"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/temporal"
)

// maxPerEndpoint is how many attempts one worker process makes at the same
// endpoint at a time: an eighth of its activity slots, so that one endpoint that
// hangs leaves the rest to others.
const maxPerEndpoint = 64

const (
	// knownFor is how long the endpoint of an action is taken for what it was: a
	// corrected URL counts after that at the latest.
	knownFor = 5 * time.Second
	// sweepEvery is how often the crowd forgets what is over.
	sweepEvery = 5 * time.Second
)

// crowdedError says that the endpoint has as many attempts under way as it may.
type crowdedError struct {
	// wait is after how long a place is probably free.
	wait time.Duration
}

func (crowdedError) Error() string { return "the endpoint has enough attempts under way" }

// visitor is an attempt that wants a place.
type visitor struct {
	// id is the delivery's; without one the visitor does not come back.
	id string
	// since is when the attempt was first due. Who comes back, to this worker
	// or another, stands before those that were due later.
	since time.Time
}

// crowd knows of every endpoint who is there and who waits to come back. Its
// zero value is empty.
type crowd struct {
	// now is time.Now where it is nil.
	now func() time.Time

	mu        sync.Mutex
	endpoints map[string]*endpoint
	known     map[string]knownEndpoint
	swept     time.Time
	// quickUnderWay counts the attempts that are made within workflow tasks.
	quickUnderWay int
}

// knownEndpoint is where an action went when its destination was last read.
type knownEndpoint struct {
	name string
	at   time.Time
}

// enter takes one of limit places at the endpoint and returns how to leave it,
// or a crowdedError. It never waits: who waits holds an activity slot.
func (c *crowd) enter(name string, v visitor, limit int) (leave func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	c.sweep(now)
	if c.endpoints == nil {
		c.endpoints = map[string]*endpoint{}
	}
	e := c.endpoints[name]
	if e == nil {
		e = &endpoint{}
		c.endpoints[name] = e
	}
	if wait := e.enter(v, now, limit); wait > 0 {
		return nil, crowdedError{wait}
	}
	return func() { c.leave(e, now) }, nil
}

func (c *crowd) leave(e *endpoint, entered time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.leave(entered, c.clock())
}

// endpoint is where the action goes as far as is known; not found when that is
// too long ago.
func (c *crowd) endpoint(actionID string) (name string, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(actionID)
}

// find is endpoint with the crowd locked.
func (c *crowd) find(actionID string) (name string, found bool) {
	known, found := c.known[actionID]
	return known.name, found && c.clock().Sub(known.at) < knownFor
}

// learn notes where the action goes.
func (c *crowd) learn(actionID, endpoint string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]knownEndpoint{}
	}
	c.known[actionID] = knownEndpoint{endpoint, c.clock()}
}

// sweep forgets, once in a while, who did not come back, endpoints where nobody
// was of late, and what is known no longer.
func (c *crowd) sweep(now time.Time) {
	if now.Sub(c.swept) < sweepEvery {
		return
	}
	c.swept = now
	for name, e := range c.endpoints {
		e.forget(now)
		if len(e.line) == 0 && len(e.entered) == 0 && now.Sub(e.left) >= knownFor {
			delete(c.endpoints, name)
		}
	}
	for action, known := range c.known {
		if now.Sub(known.at) >= knownFor {
			delete(c.known, action)
		}
	}
}

func (c *crowd) clock() time.Time {
	if c.now == nil {
		return time.Now()
	}
	return c.now()
}

// hostOf returns host and port of a URL, under which its attempts are counted.
// A URL that cannot be parsed is never dialled, so any name will do.
func hostOf(rawURL string) string {
	parsed, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Host)
}

// tryLater has Temporal repeat the activity after a while, under the same
// attempt number. It fills no log: nothing is wrong on our side.
func tryLater(crowded crowdedError) error {
	return temporal.NewApplicationErrorWithOptions(crowded.Error(), "EndpointCrowded", temporal.ApplicationErrorOptions{
		NextRetryDelay: crowded.wait,
		Category:       temporal.ApplicationErrorCategoryBenign,
	})
}
