package rules

import (
	"cmp"
	"slices"

	"leadrail/models"
)

// Bounds of scoring rules.
const (
	// MaxRules is how many scoring rules a form, and how many routing rules an
	// installation, may have.
	MaxRules = 200
	// MaxPoints is how many points one rule may add or take away.
	MaxPoints = 10_000
	// MaxScore is the highest score and, negative, the lowest.
	MaxScore = MaxRules * MaxPoints
	// MaxTiers is how many tiers a form may have.
	MaxTiers = 20
)

// Qualify scores a lead: the sum of the points of the rules that hold. Each of
// them is a reason, in the rules' order, also one worth 0 points. The tier is
// the highest one whose Min the score reaches, "" for a score below all of
// them; tiers need not be sorted. Without rules every lead is qualified, with
// score 0. Reasons is never nil.
//
// The outcome of an earlier scoring that facts may carry is not looked at, so
// that scoring again gives the same. The score stays within ±MaxScore, which
// rules that passed [CheckQualification] cannot exceed.
func Qualify(rules *models.QualificationRules, facts Facts) models.Qualification {
	outcome := models.Qualification{Qualified: true, Reasons: []models.Reason{}}
	if rules == nil {
		return outcome
	}
	facts = facts.withoutOutcome()
	for _, rule := range rules.Rules {
		if Holds(rule.When, facts) {
			outcome.Score = clampScore(outcome.Score + clampScore(rule.Points))
			outcome.Reasons = append(outcome.Reasons, models.Reason{Rule: rule.Name, Points: rule.Points})
		}
	}
	return Grade(rules, outcome)
}

// Grade returns outcome with the tier and the verdict that its score gets by
// the rules. Without rules there are no tiers, and every lead is qualified.
func Grade(rules *models.QualificationRules, outcome models.Qualification) models.Qualification {
	outcome.Tier, outcome.Qualified = "", true
	if rules != nil {
		outcome.Tier = tierOf(rules.Tiers, outcome.Score)
		outcome.Qualified = outcome.Score >= rules.QualifiedFrom
	}
	return outcome
}

func clampScore(score int) int { return max(-MaxScore, min(MaxScore, score)) }

func tierOf(tiers []models.Tier, score int) string {
	for _, tier := range sortedTiers(tiers) {
		if score >= tier.Min {
			return tier.Name
		}
	}
	return ""
}

// Normalize returns rules as they are stored: tiers sorted by Min, highest
// first, and no list nil. The argument stays as it is; nil gives nil.
func Normalize(rules *models.QualificationRules) *models.QualificationRules {
	if rules == nil {
		return nil
	}
	return &models.QualificationRules{
		Rules:         append([]models.ScoringRule{}, rules.Rules...),
		Tiers:         sortedTiers(rules.Tiers),
		QualifiedFrom: rules.QualifiedFrom,
	}
}

// sortedTiers returns a sorted copy, never nil.
func sortedTiers(tiers []models.Tier) []models.Tier {
	sorted := append([]models.Tier{}, tiers...)
	slices.SortStableFunc(sorted, func(a, b models.Tier) int { return cmp.Compare(b.Min, a.Min) })
	return sorted
}
