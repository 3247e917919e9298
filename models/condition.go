package models

// Condition is a question about a lead, as data: it decides whether a field is
// shown, whether a scoring rule counts, where a lead is routed and whether an
// action runs. Exactly one of the four forms is used: a comparison (Field, Op
// and Value), All, Any or Not.
type Condition struct {
	// Field names a form field, "signals.<name>" for what the agent learnt, or
	// "score", "tier" and "qualified" where a score exists already.
	Field string   `json:"field,omitempty"`
	Op    Operator `json:"op,omitempty"`
	// Value is what the field is compared with; a list for in and notIn.
	Value any `json:"value,omitempty"`

	All []Condition `json:"all,omitempty"`
	Any []Condition `json:"any,omitempty"`
	Not *Condition  `json:"not,omitempty"`
}

// Operator compares a field with a value.
type Operator string

// The operators.
const (
	OpEq       Operator = "eq"
	OpNe       Operator = "ne"
	OpGt       Operator = "gt"
	OpGte      Operator = "gte"
	OpLt       Operator = "lt"
	OpLte      Operator = "lte"
	OpIn       Operator = "in"
	OpNotIn    Operator = "notIn"
	OpContains Operator = "contains"
	OpExists   Operator = "exists"
	OpMatches  Operator = "matches"
)

// QualificationRules are how a form scores its leads.
type QualificationRules struct {
	Rules []ScoringRule `json:"rules"`
	// Tiers are sorted by Min, highest first, when they are stored.
	Tiers []Tier `json:"tiers"`
	// QualifiedFrom is the least score of a qualified lead.
	QualifiedFrom int `json:"qualifiedFrom"`
}

// ScoringRule adds points, which may be negative, when its condition holds.
type ScoringRule struct {
	Name   string    `json:"name"`
	When   Condition `json:"when"`
	Points int       `json:"points"`
}

// Tier names the leads from a score on.
type Tier struct {
	Name string `json:"name"`
	Min  int    `json:"min"`
}

// RoutingRule sends the leads for which its condition holds to a team. The
// first rule that holds decides.
type RoutingRule struct {
	Name string    `json:"name"`
	When Condition `json:"when"`
	Team string    `json:"team"`
}
