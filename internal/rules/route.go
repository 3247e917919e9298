package rules

import (
	"fmt"
	"slices"

	"leadrail/models"
)

// Decision is where a lead goes, and why.
type Decision struct {
	// Team is the id of a team, "" when no rule holds and there is no fallback.
	Team string
	// Reasons are sentences for people, never empty. They name rules, and never
	// repeat what a visitor wrote.
	Reasons []string
}

// Route sends a lead to the team of the first rule that holds, else to
// fallbackTeam, which may be "".
func Route(rules []models.RoutingRule, fallbackTeam string, facts Facts) Decision {
	for _, rule := range rules {
		if Holds(rule.When, facts) {
			return decide(rule.Team, "rule %q matched", rule.Name)
		}
	}
	why := "no rule matched"
	if len(rules) == 0 {
		why = "there are no rules"
	}
	if fallbackTeam == "" {
		return decide("", "%s and there is no fallback team", why)
	}
	return decide(fallbackTeam, "%s, so the fallback team takes it", why)
}

func decide(team, format string, args ...any) Decision {
	return Decision{Team: team, Reasons: []string{fmt.Sprintf(format, args...)}}
}

// CheckRouting returns every problem of routing rules: unique names, sound
// conditions, and known teams. Nil teams leave the teams unchecked, which is
// not the same as none being known. Paths start at the top: "rules[0].team",
// "fallbackTeam". A fallback team of "" is fine.
func CheckRouting(rules []models.RoutingRule, fallbackTeam string, teams []string, schema Schema) []models.FieldError {
	c := &checker{schema: schema}
	if len(rules) > MaxRules {
		c.addf("rules", "max_items", "At most %d rules.", MaxRules)
		rules = nil
	}
	seen := map[string]bool{}
	for i, rule := range rules {
		at := index("rules", i)
		c.uniqueName(join(at, "name"), rule.Name, seen)
		c.problems = append(c.problems, Check(join(at, "when"), rule.When, schema)...)
		if rule.Team == "" {
			c.addf(join(at, "team"), "required", "Name the team.")
		} else {
			c.team(join(at, "team"), rule.Team, teams)
		}
	}
	if fallbackTeam != "" {
		c.team("fallbackTeam", fallbackTeam, teams)
	}
	return c.problems
}

func (c *checker) team(path, team string, teams []string) {
	if teams == nil || slices.Contains(teams, team) {
		return
	}
	if near, found := models.Nearest(team, teams); found {
		c.addf(path, "unknown_team", "There is no team %q. Did you mean %q?", clip(team), near)
		return
	}
	c.addf(path, "unknown_team", "There is no team %q.", clip(team))
}
