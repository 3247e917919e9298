package models

import (
	"regexp"
	"sync/atomic"
)

// PatternRule asks that a whole text matches a regular expression, as HTML's
// pattern attribute does. It is compiled when it is first used, and once for all
// who share the definition.
type PatternRule struct {
	// Value is in RE2's syntax.
	Value string `json:"value"`
	// Message is empty for a message made from the field's label.
	Message string `json:"message,omitempty"`

	compiled atomic.Pointer[regexp.Regexp]
}

// Match reports whether text matches from its beginning to its end. An
// expression that cannot be compiled matches nothing.
func (p *PatternRule) Match(text string) bool {
	whole := p.compiled.Load()
	if whole == nil {
		compiled, err := regexp.Compile(`\A(?:` + p.Value + `)\z`)
		if err != nil {
			return false
		}
		p.compiled.Store(compiled)
		whole = compiled
	}
	return whole.MatchString(text)
}

// Equal reports whether two rules, or nils, say the same.
func (p *PatternRule) Equal(other *PatternRule) bool {
	if p == nil || other == nil {
		return p == other
	}
	return p.Value == other.Value && p.Message == other.Message
}
