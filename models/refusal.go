package models

import "time"

// Refusal counts the submissions to a form that were refused on one day for one
// problem. What was sent is never part of it.
type Refusal struct {
	FormID string `gorm:"primaryKey"`
	// Day begins at midnight UTC.
	Day time.Time `gorm:"primaryKey;type:date"`
	// Field is the place of the problem, of a field of the form or of the request;
	// empty where it is about neither.
	Field string `gorm:"primaryKey"`
	Code  string `gorm:"primaryKey"`
	Count int64
}

// CodeHoneypot is counted where a submission filled in the input that people do
// not see. Its sender is told of nothing.
const CodeHoneypot = "honeypot"
