package rules

import (
	"strings"

	"leadrail/models"
)

// The names that a condition may ask besides the fields of a form.
const (
	nameScore     = "score"
	nameTier      = "tier"
	nameQualified = "qualified"
	nameSignals   = "signals"
)

// Facts are what is known about a lead when a condition is asked. The zero
// Facts know nothing.
type Facts struct {
	// Data is the form data by field name, as a JSON decoder makes it; numbers
	// are json.Number or float64.
	Data map[string]any
	// Signals are what the agent learnt. "signals.plan.name" asks for the
	// member name of the object plan; a key with a dot cannot be asked for.
	Signals map[string]any
	// Score and Qualified are nil, and Tier is "", until the scoring rules
	// have run.
	Score     *int
	Tier      string
	Qualified *bool
}

// WithQualification returns f with the outcome of the scoring rules, as
// routing rules and the conditions of actions may ask for it.
func (f Facts) WithQualification(outcome models.Qualification) Facts {
	f.Score, f.Tier, f.Qualified = &outcome.Score, outcome.Tier, &outcome.Qualified
	return f
}

// withoutOutcome returns f as it is before the scoring rules have run.
func (f Facts) withoutOutcome() Facts {
	f.Score, f.Tier, f.Qualified = nil, "", nil
	return f
}

// value returns what name stands for, nil when that is unknown.
func (f Facts) value(name string) any {
	switch name {
	case nameScore:
		if f.Score == nil {
			return nil
		}
		return *f.Score
	case nameTier:
		return f.Tier
	case nameQualified:
		if f.Qualified == nil {
			return nil
		}
		return *f.Qualified
	}
	if path, ok := strings.CutPrefix(name, nameSignals+"."); ok {
		return dig(f.Signals, path)
	}
	return f.Data[name]
}

// dig follows a dotted path through nested objects.
func dig(object map[string]any, path string) any {
	name, rest, nested := strings.Cut(path, ".")
	if !nested {
		return object[name]
	}
	inner, _ := object[name].(map[string]any)
	return dig(inner, rest)
}
