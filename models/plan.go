package models

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Plan is what is left to do for a lead once it is stored: the deliveries of
// this run. It is recorded in workflow history and holds ids, names and waits
// only.
type Plan struct {
	Deliveries []PlannedDelivery `json:"deliveries"`
	// Undelivered are the deliveries that are not part of a replay and stay as
	// they ended: the lead is failed whatever comes of the others.
	Undelivered []DeliveryOutcome `json:"undelivered,omitempty"`
	// Team is the name of the team that the lead was routed to; empty for none.
	Team string `json:"team,omitempty"`
	// Stored reports that nothing is left to do for this run: the lead was
	// finished already, or is another run's.
	Stored bool `json:"stored,omitempty"`
	// Ended reports that it is this run's end that is stored, which Temporal did not
	// hear of: Undelivered are all that failed. Plans that were recorded before there
	// was this do without.
	Ended bool `json:"ended,omitempty"`
}

// PlannedDelivery is one delivery and its retry schedule.
type PlannedDelivery struct {
	DeliveryID string `json:"deliveryId"`
	// ActionID is empty in plans that were recorded before there was one.
	ActionID string     `json:"actionId,omitempty"`
	Action   string     `json:"action"`
	Type     ActionType `json:"type"`
	Schedule []Duration `json:"schedule"`
	// Trigger is that of the first attempt; empty means TriggerFirst.
	Trigger Trigger `json:"trigger,omitempty"`
	// Made is how many attempts the run made before the schedule begins: more
	// than 0 where a delivery that gave up is replayed in the run that goes on.
	Made int `json:"made,omitempty"`
	// Retargeted says that the run has a Target.
	Retargeted bool `json:"retargeted,omitempty"`
	// Quick says that the endpoint answered soon of late: the first attempt may be
	// made within the workflow task.
	Quick bool `json:"quick,omitempty"`
}

// MaxAttempts is the number of the try after which the delivery gives up.
func (d PlannedDelivery) MaxAttempts() int { return d.Made + len(d.Schedule) + 1 }

// FirstTrigger is what makes the first attempt happen.
func (d PlannedDelivery) FirstTrigger() Trigger {
	if d.Trigger == "" {
		return TriggerFirst
	}
	return d.Trigger
}

// WaitAfter is the wait that the schedule has after a failed attempt, which
// must not be the last.
func (d PlannedDelivery) WaitAfter(attempt int) time.Duration {
	return d.Schedule[attempt-d.Made-1].Std()
}

// Label names the delivery for people: "webhook crm".
func (d PlannedDelivery) Label() string {
	label := string(d.Type)
	if d.Action != label {
		label += " " + d.Action
	}
	if d.Retargeted {
		label += " (to another URL)"
	}
	return label
}

// DeliveryOutcome is where one delivery stood when its run ended.
type DeliveryOutcome struct {
	DeliveryID string `json:"deliveryId"`
	Label      string `json:"label"`
	// Attempts is the number of tries made, 0 when none was.
	Attempts int     `json:"attempts"`
	Verdict  Verdict `json:"verdict"`
}

// Conclusion is the end of a run: its outcomes, and whether someone cancelled
// it.
type Conclusion struct {
	Outcomes  []DeliveryOutcome `json:"outcomes"`
	Cancelled bool              `json:"cancelled,omitempty"`
	// CancelReason is what the person who cancelled gave as reason.
	CancelReason string `json:"cancelReason,omitempty"`
}

// Status returns the submission's status that the conclusion stands for.
func (c Conclusion) Status() Status {
	if c.FailureReason() != "" {
		return StatusFailed
	}
	return StatusCompleted
}

// FailureReason says which deliveries gave up and why, and is empty when none
// did. A cancellation that came too late to stop anything is no failure.
func (c Conclusion) FailureReason() string {
	var reasons []string
	for _, outcome := range c.Outcomes {
		if reason := outcome.failureReason(); reason != "" {
			reasons = append(reasons, reason)
		}
	}
	if c.Cancelled && len(reasons) > 0 {
		return cancelledReason(c.CancelReason)
	}
	return strings.Join(reasons, "; ")
}

func (o DeliveryOutcome) failureReason() string {
	if o.Verdict.Delivered() {
		return ""
	}
	text := fmt.Sprintf("%s: %s", o.Label, o.Verdict.Code)
	if o.Verdict.Message != "" {
		text += ": " + o.Verdict.Message
	}
	if o.Attempts > 1 {
		text += fmt.Sprintf(" (%d attempts)", o.Attempts)
	}
	return text
}

// cancelledReason has the reason on one line. What came past the API may hold
// characters that the database does not take, and the run must end all the same.
func cancelledReason(reason string) string {
	reason = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, reason)
	if reason == "" {
		return string(ErrorCancelled)
	}
	return fmt.Sprintf("%s: %s", ErrorCancelled, reason)
}
