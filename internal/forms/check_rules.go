package forms

import (
	"leadrail/internal/rules"
	"leadrail/models"
)

// rules checks all conditions: those of fields together, for they may ask about
// one another, but not in a circle.
func (c *checker) rules(in *Input) {
	if len(in.Fields) > maxFields {
		return // a wrong name would be compared with each of them
	}
	asks := rules.Schema{Fields: in.Fields, Signals: true}
	c.problems = append(c.problems, rules.CheckVisibility(visibility(in.Fields), asks)...)
	c.problems = append(c.problems, rules.CheckQualification("qualification", in.Qualification, asks)...)

	asks.Outcome, asks.Tiers = true, tierNames(in.Qualification)
	for _, action := range in.actions() {
		if action.When != nil {
			c.problems = append(c.problems, rules.Check(action.path+".when", *action.When, asks)...)
		}
	}
}

// tierNames is never nil: where there are no tiers, none can be asked for.
func tierNames(qualification *models.QualificationRules) []string {
	names := []string{}
	if qualification != nil {
		for _, tier := range qualification.Tiers {
			names = append(names, tier.Name)
		}
	}
	return names
}
