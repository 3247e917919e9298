package rules

import (
	"iter"

	"leadrail/models"
)

// Bounds of one condition. A condition that exceeds them does not hold.
const (
	// MaxDepth is how deep conditions may nest; a comparison alone is 1 deep.
	MaxDepth = 8
	// MaxNodes is how many conditions one may consist of, groups included.
	MaxNodes = 100
)

// formsUsed counts the forms that c uses; a sound condition uses one.
func formsUsed(c *models.Condition) int {
	used := 0
	for _, present := range []bool{c.Field != "" || c.Op != "" || c.Value != nil, c.All != nil, c.Any != nil, c.Not != nil} {
		if present {
			used++
		}
	}
	return used
}

// within reports whether c keeps to MaxDepth and MaxNodes. It stops at the
// first excess, so that a condition that contains itself is only too large.
func within(c *models.Condition) bool {
	nodes := 0
	return measure(c, 1, &nodes)
}

func measure(c *models.Condition, depth int, nodes *int) bool {
	*nodes++
	if depth > MaxDepth || *nodes > MaxNodes {
		return false
	}
	for part := range parts(c) {
		if !measure(part, depth+1, nodes) {
			return false
		}
	}
	return true
}

// parts yields the conditions that c groups.
func parts(c *models.Condition) iter.Seq[*models.Condition] {
	return func(yield func(*models.Condition) bool) {
		for _, group := range [][]models.Condition{c.All, c.Any} {
			for i := range group {
				if !yield(&group[i]) {
					return
				}
			}
		}
		if c.Not != nil {
			yield(c.Not)
		}
	}
}
