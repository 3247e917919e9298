package models

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// Duration is a time.Duration that reads and writes as text: "0s", "1m",
// "1h30m".
type Duration time.Duration

// Std returns d as a time.Duration.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns the shortest spelling: "5m", not "5m0s".
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalJSON implements json.Marshaler.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON implements json.Unmarshaler. It takes the syntax of
// time.ParseDuration and nothing else: a bare number has no unit. The error is
// a *json.UnmarshalTypeError, to which a decoder adds the path of the value.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var text string
	err := json.Unmarshal(data, &text)
	parsed, unreadable := time.ParseDuration(text)
	if err != nil || unreadable != nil {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[Duration]()}
	}
	*d = Duration(parsed)
	return nil
}
