package forms

import (
	"encoding/json"
	"fmt"
	"strings"

	"leadrail/models"
)

// inWords tells a condition as a person would, for whoever cannot evaluate it. The
// names of fields and the values stand as they are sent.
func inWords(c *models.Condition) string {
	switch {
	case c.Not != nil:
		return "not (" + inWords(c.Not) + ")"
	case c.All != nil:
		return groupInWords(c.All, " and ")
	case c.Any != nil:
		return groupInWords(c.Any, " or ")
	}
	name := c.Field
	if signal, ok := strings.CutPrefix(name, signalPrefix); ok {
		name = "the signal " + signal
	}
	if c.Op == models.OpExists {
		if c.Value == false {
			return name + " is not given"
		}
		return name + " is given"
	}
	value, _ := json.Marshal(c.Value) // it came as JSON
	return fmt.Sprintf("%s %s %s", name, operatorInWords(c.Op), value)
}

func groupInWords(parts []models.Condition, and string) string {
	words := make([]string, len(parts))
	for i := range parts {
		words[i] = inWords(&parts[i])
		if len(parts) > 1 && (parts[i].All != nil || parts[i].Any != nil) {
			words[i] = "(" + words[i] + ")"
		}
	}
	return strings.Join(words, and)
}

func operatorInWords(op models.Operator) string {
	switch op {
	case models.OpEq:
		return "is"
	case models.OpNe:
		return "is not"
	case models.OpGt:
		return "is above"
	case models.OpGte:
		return "is at least"
	case models.OpLt:
		return "is below"
	case models.OpLte:
		return "is at most"
	case models.OpIn:
		return "is one of"
	case models.OpNotIn:
		return "is none of"
	case models.OpContains:
		return "contains"
	case models.OpMatches:
		return "matches the pattern"
	case models.OpExists:
	}
	return "is given as"
}
