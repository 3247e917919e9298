package models

import "time"

// ReplayStatus is where a replay of many leads stands.
type ReplayStatus string

// The statuses of a replay. The last three are its ends.
const (
	ReplayRunning   ReplayStatus = "running"
	ReplayPaused    ReplayStatus = "paused"
	ReplayCancelled ReplayStatus = "cancelled"
	ReplayCompleted ReplayStatus = "completed"
	// ReplayFailed: its workflow ended before it had taken all leads.
	ReplayFailed ReplayStatus = "failed"
)

// Over reports that the replay takes no more leads.
func (s ReplayStatus) Over() bool { return s != ReplayRunning && s != ReplayPaused }

// Replay is a replay of all failed leads that a filter selects.
type Replay struct {
	ID string `gorm:"primaryKey"`
	// Filter is what selects the leads, as the store writes it.
	Filter Document
	Status ReplayStatus
	// Matched is how many leads the filter selected when the replay was made.
	Matched int
	// RatePerSecond is how many leads are replayed in a second, at most.
	RatePerSecond int
	// CreatedAt is when the replay was made. Leads that failed later are not part
	// of it.
	CreatedAt time.Time
	// EndedAt is when the last lead was replayed, or the replay cancelled or failed.
	EndedAt *time.Time
	// FailureReason says how the workflow of a failed replay ended; empty for any
	// other.
	FailureReason string
}

// ReplayLead is a lead that a replay took to its next run.
type ReplayLead struct {
	ReplayID     string `gorm:"primaryKey"`
	SubmissionID string `gorm:"primaryKey"`
	// RunSeq is the number of that run.
	RunSeq int
	// EndedAs is how that run ended, once another has followed it; empty before.
	EndedAs Status
}
