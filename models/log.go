package models

import (
	"fmt"
	"log/slog"
)

// What a log shows of the nouns that carry personal data, secrets or texts of
// strangers: their ids. A handler sees the LogValue of what it is given and of
// no field within, so each noun hides all of itself.

// LogValue implements slog.LogValuer.
func (s Submission) LogValue() slog.Value { return slog.StringValue(s.ID) }

// LogValue implements slog.LogValuer.
func (d Delivery) LogValue() slog.Value { return slog.StringValue(d.ID) }

// LogValue implements slog.LogValuer.
func (a Attempt) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("attempt %d of %s, run %d", a.N, a.DeliveryID, a.RunSeq))
}

// LogValue implements slog.LogValuer.
func (t Target) LogValue() slog.Value { return slog.StringValue("target of " + t.Owner()) }

// LogValue implements slog.LogValuer.
func (d Destination) LogValue() slog.Value { return slog.StringValue(d.ActionID) }

// LogValue implements slog.LogValuer.
func (f Form) LogValue() slog.Value { return slog.StringValue(f.ID) }

// LogValue implements slog.LogValuer.
func (a Assignment) LogValue() slog.Value { return slog.StringValue(a.TeamID) }

// LogValue implements slog.LogValuer.
func (t Team) LogValue() slog.Value { return slog.StringValue(t.ID) }

// LogValue implements slog.LogValuer.
func (m Member) LogValue() slog.Value { return slog.StringValue("a member of " + m.TeamID) }
