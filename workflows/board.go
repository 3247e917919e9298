package workflows

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"leadrail/models"
)

// State is the answer to StateQuery: where each delivery of the run stands.
type State struct {
	Status     models.Status   `json:"status"`
	Deliveries []DeliveryState `json:"deliveries"`
}

// DeliveryState is where one delivery stands.
type DeliveryState struct {
	DeliveryID string                `json:"deliveryId"`
	Label      string                `json:"label"`
	Status     models.DeliveryStatus `json:"status"`
	// Attempt is the newest attempt's number, of MaxAttempts.
	Attempt     int `json:"attempt"`
	MaxAttempts int `json:"maxAttempts"`
	// NextAttemptAt is set while the delivery waits.
	NextAttemptAt *time.Time       `json:"nextAttemptAt,omitempty"`
	ErrorCode     models.ErrorCode `json:"errorCode,omitempty"`
}

// board keeps the state of a run's deliveries: for queries, for the details
// that the Temporal UI shows, and to find the waits that retry-now cuts.
type board struct {
	state State
	waits map[string]workflow.Settable
	// pages are the deliveries that the visitor's page makes.
	pages map[string]bool
	// retrying is true from the first wait on.
	retrying bool
}

func (b *board) open(ctx workflow.Context, plan models.Plan) {
	b.waits, b.pages = map[string]workflow.Settable{}, map[string]bool{}
	for _, delivery := range plan.Deliveries {
		b.pages[delivery.DeliveryID] = delivery.Type == models.ActionClient
		b.state.Deliveries = append(b.state.Deliveries, DeliveryState{
			DeliveryID:  delivery.DeliveryID,
			Label:       delivery.Label(),
			Status:      models.DeliveryPending,
			MaxAttempts: delivery.MaxAttempts(),
		})
	}
	b.show(ctx, models.StatusPending)
}

// attempt notes that an attempt begins; a wait, if any, is over.
func (b *board) attempt(ctx workflow.Context, deliveryID string, n, most int) {
	delete(b.waits, deliveryID)
	b.update(ctx, deliveryID, func(d *DeliveryState) {
		d.Attempt, d.NextAttemptAt = n, nil
		d.MaxAttempts = max(d.MaxAttempts, most)
	})
}

// wait notes that a delivery waits, and returns what becomes ready when
// somebody wants the next attempt now.
func (b *board) wait(ctx workflow.Context, deliveryID string, due time.Time) workflow.Future {
	future, wake := workflow.NewFuture(ctx)
	b.waits[deliveryID] = wake
	b.update(ctx, deliveryID, func(d *DeliveryState) {
		d.Status, d.NextAttemptAt = models.DeliveryRetrying, &due
	})
	return future
}

// wake ends the waits of the named deliveries, all of them when none is named,
// and returns whose waits it ended.
func (b *board) wake(deliveryIDs []string) []string {
	woken := b.waiting(deliveryIDs)
	for _, id := range woken {
		b.waits[id].SetValue(true)
		delete(b.waits, id)
	}
	return woken
}

// waiting returns which of the named deliveries wait, in the plan's order.
func (b *board) waiting(deliveryIDs []string) []string {
	return b.among(deliveryIDs, func(d DeliveryState) bool {
		_, waits := b.waits[d.DeliveryID]
		return waits
	})
}

// failed returns which of the named deliveries gave up, in the plan's order. A page
// is awaited once in a run.
func (b *board) failed(deliveryIDs []string) []string {
	return b.among(deliveryIDs, func(d DeliveryState) bool {
		return d.Status == models.DeliveryFailed && !b.pages[d.DeliveryID]
	})
}

// among returns which of the named deliveries, of all when none is named, are
// such, in the plan's order.
func (b *board) among(deliveryIDs []string, such func(DeliveryState) bool) []string {
	found := []string{}
	for _, delivery := range b.state.Deliveries {
		named := len(deliveryIDs) == 0 || slices.Contains(deliveryIDs, delivery.DeliveryID)
		if named && such(delivery) {
			found = append(found, delivery.DeliveryID)
		}
	}
	return found
}

// reopen notes that those of the named deliveries that gave up begin anew, and
// returns which.
func (b *board) reopen(deliveryIDs []string) []string {
	again := b.failed(deliveryIDs)
	for i, delivery := range b.state.Deliveries {
		if slices.Contains(again, delivery.DeliveryID) {
			b.state.Deliveries[i].Status, b.state.Deliveries[i].ErrorCode = models.DeliveryPending, ""
		}
	}
	return again
}

// close notes how a delivery ended.
func (b *board) close(ctx workflow.Context, outcome models.DeliveryOutcome) {
	delete(b.waits, outcome.DeliveryID)
	b.update(ctx, outcome.DeliveryID, func(d *DeliveryState) {
		d.Status, d.ErrorCode, d.NextAttemptAt = models.DeliveryFailed, outcome.Verdict.Code, nil
		if outcome.Verdict.Delivered() {
			d.Status = models.DeliveryDelivered
		}
	})
}

func (b *board) update(ctx workflow.Context, deliveryID string, change func(*DeliveryState)) {
	for i := range b.state.Deliveries {
		if b.state.Deliveries[i].DeliveryID == deliveryID {
			change(&b.state.Deliveries[i])
		}
	}
	status := models.StatusPending
	if b.retrying {
		status = models.StatusRetrying
	}
	b.show(ctx, status)
}

// show mirrors the board as a table in the Temporal UI, at no event's cost.
func (b *board) show(ctx workflow.Context, status models.Status) {
	b.state.Status = status
	var text strings.Builder
	fmt.Fprintf(&text, "**%s**\n\n| delivery | status | attempt | next try | error |\n|---|---|---|---|---|\n", status)
	for _, d := range b.state.Deliveries {
		next := ""
		if d.NextAttemptAt != nil {
			next = d.NextAttemptAt.UTC().Format(time.DateTime) + " UTC"
		}
		fmt.Fprintf(&text, "| %s | %s | %d of %d | %s | %s |\n", d.Label, d.Status, d.Attempt, d.MaxAttempts, next, d.ErrorCode)
	}
	workflow.SetCurrentDetails(ctx, text.String())
}
