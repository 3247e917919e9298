package rules

import (
	"strings"

	"leadrail/models"
)

// Holds reports whether condition is true of facts. It is total: it never
// panics and never fails. A condition that [Check] refuses for its shape does
// not hold; the package documentation says what each operator means.
func Holds(condition models.Condition, facts Facts) bool {
	return evaluation{facts: facts}.root(&condition)
}

// evaluation answers the parts of one condition.
type evaluation struct {
	facts Facts
	// hidden names the fields whose value must not be seen; nil hides none.
	hidden func(name string) bool
}

func (e evaluation) root(c *models.Condition) bool { return within(c) && e.holds(c) }

func (e evaluation) holds(c *models.Condition) bool {
	if formsUsed(c) != 1 {
		return false
	}
	switch {
	case c.Not != nil:
		return !e.holds(c.Not)
	case c.All != nil:
		for i := range c.All {
			if !e.holds(&c.All[i]) {
				return false
			}
		}
		return len(c.All) > 0
	case c.Any != nil:
		for i := range c.Any {
			if e.holds(&c.Any[i]) {
				return true
			}
		}
		return false
	default:
		return e.compare(c)
	}
}

func (e evaluation) value(name string) any {
	if e.hidden != nil && e.hidden(name) {
		return nil
	}
	return e.facts.value(name)
}

// compare answers a comparison. Three operators may hold without a value.
func (e evaluation) compare(c *models.Condition) bool {
	if c.Field == "" {
		return false
	}
	value := e.value(c.Field)
	switch c.Op {
	case models.OpExists:
		wanted, ok := wantsValue(c.Value)
		return ok && present(value) == wanted
	case models.OpNe:
		return scalar(c.Value) && !equal(value, c.Value)
	case models.OpNotIn:
		list, ok := toOperands(c.Value)
		return ok && !among(value, list)
	default:
		return present(value) && compareValue(c.Op, value, c.Value)
	}
}

// compareValue applies an operator that asks for a value.
func compareValue(op models.Operator, value, operand any) bool {
	switch op {
	case models.OpEq:
		return scalar(operand) && equal(value, operand)
	case models.OpIn:
		list, ok := toOperands(operand)
		return ok && among(value, list)
	case models.OpContains:
		return contains(value, operand)
	case models.OpMatches:
		return matches(value, operand)
	default:
		return ordered(op, value, operand)
	}
}

func ordered(op models.Operator, value, operand any) bool {
	result, ok := order(value, operand)
	if !ok {
		return false
	}
	switch op {
	case models.OpGt:
		return result > 0
	case models.OpGte:
		return result >= 0
	case models.OpLt:
		return result < 0
	case models.OpLte:
		return result <= 0
	default:
		return false
	}
}

// wantsValue reads the operand of exists: absent means true.
func wantsValue(operand any) (wanted, ok bool) {
	if operand == nil {
		return true, true
	}
	wanted, ok = operand.(bool)
	return wanted, ok
}

func contains(value, operand any) bool {
	if !scalar(operand) {
		return false
	}
	if list, ok := toList(value); ok {
		return equalsOne(operand, list)
	}
	text, textOK := value.(string)
	part, partOK := operand.(string)
	return textOK && partOK && strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func matches(value, operand any) bool {
	text, textOK := value.(string)
	pattern, patternOK := operand.(string)
	if !textOK || !patternOK || pattern == "" || len(text) > MaxMatchText {
		return false
	}
	compiled, err := compile(pattern)
	return err == nil && compiled.MatchString(text)
}
