// Package models holds the nouns of Leadrail: forms, submissions, deliveries
// and their attempts, with the invariants and status transitions that every
// other package relies on.
//
// The package is pure. It imports the standard library only and does no I/O;
// gorm struct tags are the one trace of storage it carries. UpdatedAt is the
// caller's to set where a whole row is written: gorm would take its own clock.
package models
