package store

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"leadrail/models"
)

// Bounds of a cache.
const (
	// firstRead bounds the read of what is not kept: below the 2 s within which
	// a visitor is told that the database is away.
	firstRead = 1500 * time.Millisecond
	// reread bounds the read of what is kept, and could be used as it is.
	reread = 300 * time.Millisecond
	// quiet is how long a database that is away is not asked about what is kept.
	quiet = time.Second
)

// cache keeps what was read, by key. An entry is used as it is while changes
// are heard of and none named its key. Otherwise it is read again first, and
// used all the same where the database is away. Errors are not kept.
type cache[K comparable, V any] struct {
	read func(ctx context.Context, key K) (V, error)
	// size is the most entries; the one that was not used for longest gives way.
	size int

	mu      sync.Mutex
	entries map[K]*entry[V]
	// reads are under way. One that a change has overtaken is not among them, so
	// that nobody else waits for it.
	reads map[K]*flight[V]
	// hears says whether changes are heard of.
	hears bool
	// uses counts; it tells which use was later.
	uses uint64
	// away is shared by the caches of one database: the first to find it away
	// spares the others the wait.
	away *outage
}

// outage is until when a database that was found away is not asked about what is
// kept.
type outage struct{ until atomic.Int64 } // nanoseconds since 1970

func (o *outage) began()      { o.until.Store(time.Now().Add(quiet).UnixNano()) }
func (o *outage) ended()      { o.until.Store(0) }
func (o *outage) lasts() bool { return time.Now().UnixNano() < o.until.Load() }

type entry[V any] struct {
	value    V // never changes
	verified bool
	used     uint64
}

// flight is one read. Its value and error are there when done is closed.
type flight[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// newCache makes a cache that does not hear of changes yet.
func newCache[K comparable, V any](size int, read func(context.Context, K) (V, error)) *cache[K, V] {
	return &cache[K, V]{read: read, size: size, entries: map[K]*entry[V]{}, reads: map[K]*flight[V]{}, away: &outage{}}
}

// get returns the value of a key. Callers of one key at one time share a read,
// which goes on when one of them gives up.
func (c *cache[K, V]) get(ctx context.Context, key K) (V, error) {
	kept, reading := c.recall(ctx, key)
	if reading == nil {
		return kept.value, nil
	}
	select {
	case <-reading.done:
	case <-ctx.Done():
		var none V
		return none, wrap(ctx.Err(), "wait for a read")
	}
	if kept != nil && models.CodeOf(reading.err) == models.CodeUnavailable {
		return kept.value, nil
	}
	return reading.value, reading.err
}

// recall returns what is kept of a key, and the read to wait for unless that
// can be used as it is.
func (c *cache[K, V]) recall(ctx context.Context, key K) (*entry[V], *flight[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	bound := firstRead
	kept := c.entries[key]
	if kept != nil {
		c.use(kept)
		if kept.verified || c.away.lasts() {
			return kept, nil
		}
		bound = reread
	}
	reading := c.reads[key]
	if reading == nil {
		reading = &flight[V]{done: make(chan struct{})}
		c.reads[key] = reading
		go c.fly(context.WithoutCancel(ctx), bound, key, reading)
	}
	return kept, reading
}

func (c *cache[K, V]) fly(ctx context.Context, bound time.Duration, key K, reading *flight[V]) {
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	reading.value, reading.err = c.read(ctx, key)
	c.land(key, reading)
	close(reading.done)
}

// land keeps what a read returned. What a change has overtaken is kept for
// want of anything else, and read again at the next use.
func (c *cache[K, V]) land(key K, reading *flight[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	newest := c.reads[key] == reading
	if newest {
		delete(c.reads, key)
	}
	switch {
	case reading.err == nil:
		if newest || c.entries[key] == nil {
			c.keep(key, &entry[V]{value: reading.value, verified: newest && c.hears})
		}
	case !newest:
	case models.CodeOf(reading.err) == models.CodeUnavailable:
		c.away.began()
	case models.CodeOf(reading.err) == models.CodeNotFound:
		delete(c.entries, key)
	}
}

func (c *cache[K, V]) keep(key K, kept *entry[V]) {
	if c.entries[key] == nil && len(c.entries) >= c.size {
		c.evict()
	}
	c.use(kept)
	c.entries[key] = kept
}

func (c *cache[K, V]) use(kept *entry[V]) {
	c.uses++
	kept.used = c.uses
}

// evict looks at all entries, which costs less than the read before it.
func (c *cache[K, V]) evict() {
	var oldest K
	least := c.uses + 1
	for key, kept := range c.entries {
		if kept.used < least {
			oldest, least = key, kept.used
		}
	}
	delete(c.entries, oldest)
}

// changed says that the value of a key may have changed just now, which is a
// sign of life of the database, too.
func (c *cache[K, V]) changed(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away.ended()
	delete(c.reads, key)
	if kept := c.entries[key]; kept != nil {
		kept.verified = false
	}
}

// hearing says whether changed is called for every change from now on. What
// was read before is read again.
func (c *cache[K, V]) hearing(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hears = on
	for _, kept := range c.entries {
		kept.verified = false
	}
	if on {
		clear(c.reads)
		c.away.ended()
	}
}
