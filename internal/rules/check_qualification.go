package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"leadrail/models"
)

// MaxName is the longest name of a rule or tier, in characters.
const MaxName = 100

// CheckQualification returns every problem of the scoring rules that stand at
// path: each rule has a unique name, at most [MaxPoints] points and a sound
// condition; tiers have unique names and unique bounds. Conditions never see
// the outcome, whatever schema says: it is what they compute. Nil rules are
// fine. Codes besides those of [Check]: duplicate, range, invalid.
func CheckQualification(path string, rules *models.QualificationRules, schema Schema) []models.FieldError {
	if rules == nil {
		return nil
	}
	schema.Outcome = false
	c := &checker{schema: schema}
	c.scoringRules(join(path, "rules"), rules.Rules)
	c.tiers(join(path, "tiers"), rules.Tiers)
	c.within(join(path, "qualifiedFrom"), rules.QualifiedFrom, MaxScore)
	return c.problems
}

func (c *checker) scoringRules(path string, rules []models.ScoringRule) {
	if len(rules) > MaxRules {
		c.addf(path, "max_items", "At most %d rules.", MaxRules)
		return
	}
	seen := map[string]bool{}
	for i, rule := range rules {
		at := index(path, i)
		c.uniqueName(join(at, "name"), rule.Name, seen)
		c.within(join(at, "points"), rule.Points, MaxPoints)
		c.problems = append(c.problems, Check(join(at, "when"), rule.When, c.schema)...)
	}
}

func (c *checker) tiers(path string, tiers []models.Tier) {
	if len(tiers) > MaxTiers {
		c.addf(path, "max_items", "At most %d tiers.", MaxTiers)
		return
	}
	names, bounds := map[string]bool{}, map[int]bool{}
	for i, tier := range tiers {
		at := index(path, i)
		c.uniqueName(join(at, "name"), tier.Name, names)
		c.within(join(at, "min"), tier.Min, MaxScore)
		if bounds[tier.Min] {
			c.addf(join(at, "min"), "duplicate", "Another tier starts at %d.", tier.Min)
		}
		bounds[tier.Min] = true
	}
}

func (c *checker) within(path string, value, bound int) {
	if value < -bound || value > bound {
		c.addf(path, "range", "Between %d and %d.", -bound, bound)
	}
}

// uniqueName checks a name that people read in reasons, and marks it as seen.
func (c *checker) uniqueName(path, name string, seen map[string]bool) {
	switch {
	case strings.TrimSpace(name) == "":
		c.addf(path, "required", "Give a name.")
	case utf8.RuneCountInString(name) > MaxName:
		c.addf(path, "max_length", "A name has at most %d characters.", MaxName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		c.addf(path, "invalid", "A name is text without control characters.")
	case seen[name]:
		c.addf(path, "duplicate", "Another one is called %q.", name)
	}
	seen[name] = true
}
