package activities

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
)

// maxPerEndpoint is how many attempts one worker process makes at the same
// endpoint at a time: an eighth of its activity slots, so that one endpoint that
// hangs leaves the rest to others.
const maxPerEndpoint = 64

// Waits before a crowded endpoint is tried again: double each time, so that a
// large backlog costs the database little, and a fast endpoint's burst no more
// than a blink.
const (
	firstCrowdedWait = 500 * time.Millisecond
	maxCrowdedWait   = 30 * time.Second
)

// errCrowded: the endpoint has as many attempts under way as it may.
var errCrowded = errors.New("the endpoint has enough attempts under way")

// crowd counts the attempts under way per endpoint. Its zero value is empty.
type crowd struct {
	mu     sync.Mutex
	counts map[string]int
}

// enter takes one of limit places at the endpoint and returns how to leave it,
// or errCrowded. It never waits: who waits holds an activity slot.
func (c *crowd) enter(endpoint string, limit int) (leave func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts[endpoint] >= limit {
		return nil, errCrowded
	}
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[endpoint]++
	return func() { c.leave(endpoint) }, nil
}

func (c *crowd) leave(endpoint string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts[endpoint]--; c.counts[endpoint] == 0 {
		delete(c.counts, endpoint)
	}
}

// endpointOf returns host and port of a URL, under which its attempts are
// counted. A URL that cannot be parsed is never dialled, so any name will do.
func endpointOf(rawURL string) string {
	parsed, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Host)
}

// tryLater makes of errCrowded an error that has Temporal repeat the activity
// after a while, under the same attempt number. It fills no log: nothing is
// wrong on our side. Other errors stay as they are.
func tryLater(ctx context.Context, err error) error {
	if !errors.Is(err, errCrowded) {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(errCrowded.Error(), "EndpointCrowded", temporal.ApplicationErrorOptions{
		NextRetryDelay: crowdedWait(activity.GetInfo(ctx).Attempt),
		Category:       temporal.ApplicationErrorCategoryBenign,
	})
}

// crowdedWait is the wait after the given try of an activity, from 1. Half of
// it is chance, lest all come back at once.
func crowdedWait(try int32) time.Duration {
	wait := maxCrowdedWait
	if try < 7 { // 500 ms doubled six times is more than 30 s
		wait = min(firstCrowdedWait<<(try-1), maxCrowdedWait)
	}
	return wait/2 + rand.N(wait/2)
}
