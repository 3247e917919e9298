package activities

import "time"

// SetCrowdClock gives the crowd a clock; nothing may be under way. It is no
// method: those are activities.
func SetCrowdClock(w *Webhook, now func() time.Time) { w.crowd.now = now }
