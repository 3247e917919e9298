package models

import "time"

// Intake is an accepted lead that waits for its workflow to be started, because
// the workflow engine was away or busy when it came.
type Intake struct {
	// ID is the submission's id.
	ID string `gorm:"primaryKey"`
	// Seq is the order of acceptance; the database counts.
	Seq         int64 `gorm:"->"`
	FormID      string
	FormVersion int
	FormName    string
	AgentID     string
	// Digest is the request's, see Acceptance.
	Digest string
	// Lead is a Submission in JSON, sealed for ID.
	Lead       Sealed
	AcceptedAt time.Time
	// Conflict says why the lead stays: its workflow exists, for another
	// request. Empty for leads on their way.
	Conflict string
}

// TableName names the table.
func (Intake) TableName() string { return "intake" }

// IntakeDepth is how much waits in the intake.
type IntakeDepth struct {
	// Waiting leads are on their way, Conflicts stay until a person decides.
	Waiting   int
	Conflicts int
	// Oldest is when the first of the waiting was accepted, nil for none.
	Oldest *time.Time
}

// Acceptance is what an accepted request is recognised by.
type Acceptance struct {
	// Digest is a keyed hash of what was sent. Two requests under one
	// idempotency key must have the same.
	Digest string `json:"digest"`
	// FormVersion is the one that the request was checked against.
	FormVersion int `json:"formVersion"`
}
