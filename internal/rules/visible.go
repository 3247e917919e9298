package rules

import (
	"strings"

	"leadrail/models"
)

// Visible reports for every name in order whether the field is shown, which
// it is when it has no condition or its condition holds. A condition on a
// field that is itself hidden sees no value there, whatever was sent for it.
// Fields may refer to fields before and after them. Score, tier and qualified
// have no value here: visibility comes before scoring.
//
// Fields that decide about each other in a circle, which [CheckVisibility]
// refuses, have an answer too: the one that is looked at first counts as hidden
// while the others are decided.
func Visible(order []string, conditions map[string]*models.Condition, facts Facts) map[string]bool {
	v := &visibility{conditions: conditions, shown: map[string]bool{}}
	v.evaluation = evaluation{facts: facts.withoutOutcome(), hidden: func(name string) bool { return !v.visible(name) }}
	result := make(map[string]bool, len(order))
	for _, name := range order {
		result[name] = v.visible(name)
	}
	return result
}

// visibility decides each field once, after the fields it depends on.
type visibility struct {
	conditions map[string]*models.Condition
	evaluation evaluation
	// shown has the decided fields, and false for those under way.
	shown map[string]bool
}

func (v *visibility) visible(name string) bool {
	condition := v.conditions[name]
	if condition == nil {
		return true
	}
	if shown, known := v.shown[name]; known {
		return shown
	}
	v.shown[name] = false
	v.shown[name] = v.evaluation.root(condition)
	return v.shown[name]
}

// CheckVisibility returns every problem of the conditions by field name: those
// of [Check], and fields that decide about themselves, directly or in a circle
// (code cycle, at each field of the circle). Paths are those of a form:
// "fields[2].visibleWhen.op". Conditions never see the outcome, whatever schema
// says.
func CheckVisibility(conditions map[string]*models.Condition, schema Schema) []models.FieldError {
	schema.Outcome = false
	c := &checker{schema: schema}
	graph := references(conditions)
	for i, field := range schema.Fields {
		condition := conditions[field.Name]
		if condition == nil {
			continue
		}
		path := join(index("fields", i), "visibleWhen")
		c.problems = append(c.problems, Check(path, *condition, schema)...)
		if circle := graph.circle(field.Name); circle != nil {
			c.addf(path, "cycle", "Fields cannot decide about themselves: %s.", strings.Join(circle, " → "))
		}
	}
	return c.problems
}

// edges are, by field, the fields that its condition asks.
type edges map[string][]string

func references(conditions map[string]*models.Condition) edges {
	graph := edges{}
	for name, condition := range conditions {
		if condition != nil && within(condition) {
			graph.collect(name, condition)
		}
	}
	return graph
}

func (g edges) collect(name string, c *models.Condition) {
	if c.Field != "" {
		g[name] = append(g[name], c.Field)
	}
	for part := range parts(c) {
		g.collect(name, part)
	}
}

// circle returns a way from start back to it, nil when there is none.
func (g edges) circle(start string) []string {
	visited := map[string]bool{}
	var walk func(way []string) []string
	walk = func(way []string) []string {
		for _, next := range g[way[len(way)-1]] {
			if next == start {
				return append(way, next)
			}
			if visited[next] {
				continue
			}
			visited[next] = true
			if found := walk(append(way, next)); found != nil {
				return found
			}
		}
		return nil
	}
	return walk([]string{start})
}
