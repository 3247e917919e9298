package store

import "time"

// Hears reports whether the cache hears of changes now.
func (c *Cached) Hears() bool {
	c.forms.mu.Lock()
	defer c.forms.mu.Unlock()
	return c.forms.hears
}

// BelieveSilence sets how long the server may say nothing. Call it before Run.
func (c *Cached) BelieveSilence(limit time.Duration) { c.listener.heartbeat = limit }
