package models

import (
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"time"
)

// TimestampLayout is RFC 3339 in UTC with milliseconds, the one spelling of a
// time that Leadrail writes.
const TimestampLayout = "2006-01-02T15:04:05.000Z"

// Timestamp is a point in time as callers see it: UTC, milliseconds.
type Timestamp struct{ time.Time }

// At makes a Timestamp of t, cut to milliseconds.
func At(t time.Time) Timestamp { return Timestamp{t.UTC().Truncate(time.Millisecond)} }

// AtOrNil makes a Timestamp of t and keeps nil as nil.
func AtOrNil(t *time.Time) *Timestamp {
	if t == nil {
		return nil
	}
	at := At(*t)
	return &at
}

// MarshalJSON implements json.Marshaler.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	return json.Marshal(t.UTC().Format(TimestampLayout))
}

// UnmarshalJSON implements json.Unmarshaler. It takes a text in RFC 3339 or a
// number of milliseconds since the Unix epoch. The error is a
// *json.UnmarshalTypeError, to which a decoder adds the path of the value.
func (t *Timestamp) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = string(data)
	}
	if t.UnmarshalParam(text) != nil {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[Timestamp]()}
	}
	return nil
}

// UnmarshalParam reads a time from a query parameter: RFC 3339, or whole
// milliseconds since the Unix epoch. In UTC it is of the years 1 to 9999, which
// RFC 3339 can write.
func (t *Timestamp) UnmarshalParam(text string) error {
	parsed, err := parseTime(text)
	if err != nil {
		return errors.New("a time is RFC 3339 text or whole milliseconds since 1970")
	}
	at := At(parsed)
	if at.Year() < 1 || at.Year() > 9999 {
		return errors.New("a time is of the years 1 to 9999")
	}
	*t = at
	return nil
}

func parseTime(text string) (time.Time, error) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms), nil
	}
	return time.Parse(time.RFC3339, text)
}
