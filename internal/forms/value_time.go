package forms

import (
	"strings"
	"time"

	"leadrail/internal/rules"
)

// isDate takes a day of the calendar as ISO 8601 writes it, 2026-11-22.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// isDatetime takes a day and a time of it: with an offset, as RFC 3339 writes
// it, or without, as an <input type="datetime-local"> sends it.
func isDatetime(text string) bool {
	_, ok := rules.Moment(text)
	return ok && strings.Contains(text, "T")
}
