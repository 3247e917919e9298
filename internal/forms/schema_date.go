package forms

import (
	"fmt"
	"strings"
	"time"

	"leadrail/internal/rules"
	"leadrail/models"
)

// orderedDate tells which days come before or after a moment, by their first
// digits: days have no numbers that a schema could compare.
func orderedDate(op models.Operator, operand any) *JSONSchema {
	text, _ := operand.(string)
	from, ok := firstDay(text, op == models.OpGt || op == models.OpLte)
	if !ok {
		return verdict(false)
	}
	after := &JSONSchema{Type: "string", Pattern: from}
	if op == models.OpGt || op == models.OpGte {
		return after
	}
	return &JSONSchema{Type: "string", MinLength: 1, Not: after}
}

// firstDay is the pattern of the days from a moment on, or of those whose midnight
// comes after it.
func firstDay(moment string, after bool) (string, bool) {
	at, ok := rules.Moment(moment)
	if !ok {
		return "", false
	}
	at = at.UTC()
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	if after || day.Before(at) {
		day = day.AddDate(0, 0, 1)
	}
	switch {
	case day.Year() < 0:
		return "^[0-9]", true
	case day.Year() > 9999:
		return "^[^0-9]", true
	}
	return fromDigits(day.Format(time.DateOnly)), true
}

// fromDigits matches the texts of the shape of a bound that do not come before it:
// at the first digit in which they differ, theirs is greater.
func fromDigits(bound string) string {
	ways := []string{bound}
	for i, digit := range bound {
		if digit >= '0' && digit < '9' {
			ways = append(ways, fmt.Sprintf("%s[%c-9]", bound[:i], digit+1))
		}
	}
	return "^(?:" + strings.Join(ways, "|") + ")"
}
