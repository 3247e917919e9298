package models

import "time"

// ClientWait is how long a lead waits for what the handler in its visitor's page
// has to report.
const ClientWait = 24 * time.Hour

// ClientResult is what a page reported of one run of a lead, or that the run no
// longer waits for it. The first row of a run stays.
type ClientResult struct {
	// SubmissionID need not be a stored submission yet.
	SubmissionID string `gorm:"primaryKey"`
	RunSeq       int    `gorm:"primaryKey;autoIncrement:false"`
	Outcome      ClientOutcome
	// Digest is a keyed hash of the report, by which a repeat is recognised; empty
	// for ClientNothing.
	Digest string
	// Report is a ClientReport in JSON, sealed for SubmissionID; absent for
	// ClientNothing.
	Report Sealed
	At     time.Time
	// TakenAt is when the run knew of it; nil until then.
	TakenAt *time.Time
}

// ClientReport is a page's own words about what its handler did.
type ClientReport struct {
	Message string   `json:"message,omitempty"`
	Data    Document `json:"data,omitempty"`
}

// ClientOutcome is how the handler in a page ended.
type ClientOutcome string

// The outcomes of a page's handler.
const (
	ClientSucceeded ClientOutcome = "succeeded"
	ClientFailed    ClientOutcome = "failed"
	// ClientNothing: the run stopped waiting before anything was reported.
	ClientNothing ClientOutcome = "nothing"
)
