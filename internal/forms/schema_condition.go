package forms

import (
	"encoding/json"
	"strconv"
	"strings"

	"leadrail/internal/rules"
	"leadrail/models"
)

// signalPrefix begins what a condition calls a signal.
const signalPrefix = "signals."

// holds tells when a condition holds. Like Holds of package rules it is lenient:
// definitions were checked when they were saved.
func (s *schemer) holds(c *models.Condition) truth {
	switch {
	case c.Not != nil:
		return s.holds(c.Not).negated()
	case c.All != nil:
		return joined(every, s.parts(c.All)...)
	case c.Any != nil:
		return joined(some, s.parts(c.Any)...)
	}
	switch field, exists := s.fields[c.Field]; {
	case exists:
		return s.compare(field, c)
	case s.signals == nil && strings.HasPrefix(c.Field, signalPrefix):
		return undecided()
	default:
		return known(rules.Holds(*c, rules.Facts{Signals: s.signals}))
	}
}

func (s *schemer) parts(conditions []models.Condition) []truth {
	truths := make([]truth, len(conditions))
	for i := range conditions {
		truths[i] = s.holds(&conditions[i])
	}
	return truths
}

// compare tells when a comparison holds. Only what is shown and sound is compared:
// a hidden value is not seen, and a lead with one that its field refuses is
// refused for that.
func (s *schemer) compare(field models.Field, c *models.Condition) truth {
	op := c.Op
	switch op {
	case models.OpNe:
		op = models.OpEq
	case models.OpNotIn:
		op = models.OpIn
	default:
		if wanted, ok := c.Value.(bool); op == models.OpExists && ok && !wanted {
			return s.valued(field, told(givenSchema())).negated()
		}
		return s.valued(field, comparison(field.Type, op, c.Value))
	}
	return s.valued(field, comparison(field.Type, op, c.Value)).negated()
}

// valued tells when a field is shown and has a value of which a comparison holds.
func (s *schemer) valued(field models.Field, value truth) truth {
	within := func(value *JSONSchema) *JSONSchema {
		if value.is(false) {
			return value
		}
		if value.is(true) {
			value = givenSchema()
		}
		return &JSONSchema{Properties: Properties{{field.Name, value}}, Required: []string{field.Name}}
	}
	inside := truth{may: within(value.may)}
	inside.must = inside.may
	if value.may != value.must {
		inside.must = within(value.must)
	}
	return joined(every, s.isShown(field), inside)
}

// comparison tells of which values of a type a comparison holds.
func comparison(kind models.FieldType, op models.Operator, operand any) truth {
	switch op {
	case models.OpExists:
		return told(givenSchema())
	case models.OpEq:
		return told(&JSONSchema{Const: constant(operand)})
	case models.OpIn:
		return told(among(kind, operand))
	case models.OpContains:
		if kind == models.FieldMultiselect {
			return told(&JSONSchema{Type: "array", Contains: &JSONSchema{Const: constant(operand)}})
		}
		part, _ := operand.(string)
		return told(&JSONSchema{Type: "string", Pattern: containing(part)})
	case models.OpMatches:
		expression, _ := operand.(string)
		pattern, ok := portable(expression)
		if !ok {
			return undecided()
		}
		return told(&JSONSchema{Type: "string", Pattern: pattern, MaxLength: longest(nil)})
	default:
		return ordered(kind, op, operand)
	}
}

// among takes one of the operands, or a list with one.
func among(kind models.FieldType, operand any) *JSONSchema {
	operands, _ := operand.([]any)
	list := make([]any, len(operands))
	for i, one := range operands {
		list[i] = constant(one)
	}
	one := &JSONSchema{Enum: list}
	if kind == models.FieldMultiselect {
		return &JSONSchema{Type: "array", Contains: one}
	}
	return one
}

// constant is a value to compare with, a number as the float64 it counts as.
func constant(value any) any {
	if number, ok := toNumber(value); ok {
		return json.Number(strconv.FormatFloat(number, 'g', -1, 64))
	}
	return value
}

// ordered tells which values come before or after an operand.
func ordered(kind models.FieldType, op models.Operator, operand any) truth {
	if kind == models.FieldDate {
		return told(orderedDate(op, operand))
	}
	bound, ok := toNumber(operand)
	if kind != models.FieldNumber || !ok {
		return undecided()
	}
	schema := &JSONSchema{Type: "number"}
	switch op {
	case models.OpGt:
		schema.ExclusiveMinimum = &bound
	case models.OpGte:
		schema.Minimum = &bound
	case models.OpLt:
		schema.ExclusiveMaximum = &bound
	case models.OpLte:
		schema.Maximum = &bound
	default:
		return known(false)
	}
	return told(schema)
}
