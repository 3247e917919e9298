package models

import "time"

// CommandLineID is the Audit.KeyID of changes on the command line.
const CommandLineID = "cli"

// Audit is one change of what an installation is set to.
type Audit struct {
	ID string `gorm:"primaryKey"`
	At time.Time
	// KeyID is the key that asked for the change: AdminID for that of the
	// configuration, CommandLineID for the command line.
	KeyID string
	// Action is what was done, "form.replace".
	Action string
	// Target is the id of what was changed.
	Target string
	// RequestID is empty for a change that was no request.
	RequestID string
}

// TableName names the table.
func (Audit) TableName() string { return "audit" }
