package models

import "time"

// ReplayStatus is where a replay of many leads stands.
type ReplayStatus string

// The statuses of a replay. The last two are its ends.
const (
	ReplayRunning   ReplayStatus = "running"
	ReplayPaused    ReplayStatus = "paused"
	ReplayCancelled ReplayStatus = "cancelled"
	ReplayCompleted ReplayStatus = "completed"
)

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
	// EndedAt is when the last lead was replayed, or the replay cancelled.
	EndedAt *time.Time
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
