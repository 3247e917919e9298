package workflows

import (
	"fmt"

	"go.temporal.io/sdk/temporal"

	"leadrail/models"
)

// TaskQueue is where workers look for everything about leads.
const TaskQueue = "leads"

// Names of the capture workflow and of what can be asked of it.
const (
	CaptureName     = "Capture"
	RetryNowUpdate  = "retry-now"
	CancelUpdate    = "cancel"
	RedeliverUpdate = "redeliver"
	StateQuery      = "state"
	// ClientResultSignal says that the visitor's page has reported: what, stands in
	// the database.
	ClientResultSignal = "client-result"
)

// ReconcileName is the workflow that ReconcileSchedule starts every minute.
const (
	ReconcileName     = "Reconcile"
	ReconcileSchedule = "reconcile"
)

// ReplayName is the workflow of a replay of many leads, WakeSignal what has it look
// at once whether it goes on.
const (
	ReplayName = "Replay"
	WakeSignal = "wake"
)

// acceptanceMemo is the memo of a run that holds a models.Acceptance.
const acceptanceMemo = "acceptance"

// Types of the application errors that callers of a workflow can meet.
const (
	// ErrTypeDeliveryFailed ends a run whose lead is failed.
	ErrTypeDeliveryFailed = "DeliveryFailed"
	// ErrTypeNothingWaiting refuses retry-now when no delivery waits.
	ErrTypeNothingWaiting = "NothingWaiting"
	// ErrTypeNothingFailed refuses redeliver when no such delivery has given up.
	ErrTypeNothingFailed = "NothingFailed"
	// ErrTypeFinished refuses cancel when the run is ending already.
	ErrTypeFinished = "Finished"
)

// Search attributes by which leads are found. They hold no personal data.
var (
	LeadForm   = temporal.NewSearchAttributeKeyKeyword("LeadForm")
	LeadAgent  = temporal.NewSearchAttributeKeyKeyword("LeadAgent")
	LeadStatus = temporal.NewSearchAttributeKeyKeyword("LeadStatus")
	LeadTier   = temporal.NewSearchAttributeKeyKeyword("LeadTier")
	LeadTeam   = temporal.NewSearchAttributeKeyKeyword("LeadTeam")
	LeadScore  = temporal.NewSearchAttributeKeyInt64("LeadScore")
)

// SearchAttributes lists every attribute that must be registered.
func SearchAttributes() []temporal.SearchAttributeKey {
	return []temporal.SearchAttributeKey{LeadForm, LeadAgent, LeadStatus, LeadTier, LeadTeam, LeadScore}
}

// CaptureID is the workflow id of a lead, the same for all its runs.
func CaptureID(submissionID string) string { return "lead-" + submissionID }

// ReplayID is the workflow id of a replay of many leads.
func ReplayID(replayID string) string { return "replay-" + replayID }

// attemptSummary is what the Temporal UI shows of an attempt.
func attemptSummary(delivery models.PlannedDelivery, n int) string {
	return fmt.Sprintf("%s, attempt %d of %d", delivery.Label(), n, delivery.MaxAttempts())
}

// waitSummary is what the Temporal UI shows of the wait before an attempt.
func waitSummary(delivery models.PlannedDelivery, n int) string {
	return "wait for " + attemptSummary(delivery, n)
}
