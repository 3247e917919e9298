package activities

import (
	"context"
	"time"

	"leadrail/models"
)

// An attempt within the workflow task spares the lead two ways to Temporal and
// back, and takes one of the worker's few places for short work while it lasts. So
// it is made only where it will probably be short, and by few leads at a time.
const (
	// quickTypically is below how long the endpoint's attempts took of late,
	// quickSince how long its oldest one under way may have taken yet.
	quickTypically = 250 * time.Millisecond
	quickSince     = time.Second
	// quickPerEndpoint is how many attempts of any kind the endpoint may have under
	// way, quickAtOnce how many within workflow tasks the worker makes at a time: a
	// quarter of its local activities.
	quickPerEndpoint = 8
	quickAtOnce      = 16
)

// TryResult is what came of an attempt that was to be made within the workflow task.
type TryResult struct {
	// Made is false where the endpoint was not quick enough any more: nothing was
	// sent.
	Made    bool
	Verdict models.Verdict
}

// QuickEndpoint returns what reports whether the endpoint of an action is so quick
// that an attempt may be made within the workflow task. An endpoint that the worker
// does not know is not. It is no method: those of Webhook are activities.
func QuickEndpoint(w *Webhook) func(actionID string) bool {
	return func(actionID string) bool {
		w.crowd.mu.Lock()
		defer w.crowd.mu.Unlock()
		return w.crowd.quick(actionID)
	}
}

// TryWebhook is DeliverWebhook as a local activity. The attempt is the same one,
// with the same number: where this one was not made, or failed for reasons of
// ours, DeliverWebhook makes it, or finds what came of it.
func (w *Webhook) TryWebhook(ctx context.Context, in DeliverInput) (TryResult, error) {
	leave, taken := w.crowd.enterQuick(in.ActionID)
	if !taken {
		return TryResult{}, nil
	}
	defer leave()
	verdict, err := w.attempts().run(ctx, in)
	return TryResult{Made: err == nil, Verdict: verdict}, err
}

// enterQuick takes one of the places for attempts within workflow tasks.
func (c *crowd) enterQuick(actionID string) (leave func(), taken bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.quick(actionID) {
		return nil, false
	}
	c.quickUnderWay++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.quickUnderWay--
	}, true
}

// quick wants the crowd locked.
func (c *crowd) quick(actionID string) bool {
	name, found := c.find(actionID)
	if !found || c.quickUnderWay >= quickAtOnce {
		return false
	}
	e := c.endpoints[name]
	return e != nil && e.quick(c.clock())
}

func (e *endpoint) quick(now time.Time) bool {
	return e.typical > 0 && e.typical < quickTypically && len(e.line) == 0 && len(e.entered) < quickPerEndpoint &&
		(len(e.entered) == 0 || now.Sub(e.entered[0]) < quickSince)
}
