package rules

import (
	"slices"
	"strings"
	"unicode/utf8"

	"leadrail/models"
)

// Bounds of an operand.
const (
	// MaxOperands is how many values a list for in or notIn may have.
	MaxOperands = 1000
	// MaxOperandText is the longest text to compare with, in characters.
	MaxOperandText = 1000
)

// operand checks the value of a comparison whose operator fits its subject.
func (c *checker) operand(path string, condition *models.Condition, about subject) {
	value := condition.Value
	switch op := condition.Op; op {
	case models.OpExists:
		if _, ok := wantsValue(value); !ok {
			c.addf(path, "type", `The value of "exists" is true or false.`)
		}
	case models.OpIn, models.OpNotIn:
		c.operands(path, op, value, about)
	case models.OpMatches:
		c.add(path, checkPattern(value))
	case models.OpGt, models.OpGte, models.OpLt, models.OpLte:
		c.add(path, checkOrdered(about.kind, value))
	default:
		c.add(path, checkScalar(about, value))
	}
}

func (c *checker) operands(path string, op models.Operator, value any, about subject) {
	values, ok := toList(value)
	switch {
	case !ok:
		c.addf(path, "type", "The value of %q is a list.", op)
	case len(values) == 0:
		c.addf(path, "required", "The list has at least one value.")
	case len(values) > MaxOperands:
		c.addf(path, "max_items", "The list has at most %d values.", MaxOperands)
	default:
		for i, one := range values {
			c.add(index(path, i), checkScalar(about, one))
		}
	}
}

// checkScalar judges a value that is compared for equality, or looked for by
// contains.
func checkScalar(about subject, value any) *problem {
	if !present(value) {
		return refuse("required", `Give a value; to ask whether there is one, use "exists".`)
	}
	switch about.kind {
	case kindNumber:
		return unlessNumber(value)
	case kindBool:
		if _, ok := value.(bool); !ok {
			return refuse("type", "The value is true or false.")
		}
		return nil
	case kindDate:
		return unlessMoment(value)
	case kindChoice, kindChoices:
		return unlessOption(about.options, value)
	case kindText:
		return unlessText(value)
	default:
		if text, ok := value.(string); ok {
			return unlessText(text)
		}
		if !scalar(value) {
			return refuse("type", "The value is a text, a number, true or false.")
		}
		return nil
	}
}

// checkOrdered judges a value that is compared by order.
func checkOrdered(k kind, value any) *problem {
	switch k {
	case kindNumber:
		return unlessNumber(value)
	case kindDate:
		return unlessMoment(value)
	default:
		if unlessNumber(value) != nil && unlessMoment(value) != nil {
			return refuse("type", "The value is a number, or a date such as 2026-11-22.")
		}
		return nil
	}
}

func unlessNumber(value any) *problem {
	if _, ok := toNumber(value); !ok {
		return refuse("type", "The value is a number.")
	}
	return nil
}

func unlessMoment(value any) *problem {
	if _, ok := toMoment(value); !ok {
		return refuse("type", "The value is a date such as 2026-11-22 or a time such as 2026-11-22T09:30Z.")
	}
	return nil
}

func unlessText(value any) *problem {
	text, ok := value.(string)
	if !ok {
		return refuse("type", "The value is a text.")
	}
	if utf8.RuneCountInString(text) > MaxOperandText {
		return refuse("max_length", "The value has at most %d characters.", MaxOperandText)
	}
	return unlessStorable(text)
}

// unlessStorable refuses what neither JSON nor Postgres gives back as it was.
func unlessStorable(text string) *problem {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return refuse("invalid", "The text has the character U+0000 or is not UTF-8, which cannot be stored.")
	}
	return nil
}

func unlessOption(options []string, value any) *problem {
	text, ok := value.(string)
	if !ok {
		return refuse("type", "The value is a text.")
	}
	if options == nil {
		return unlessText(text)
	}
	if !slices.Contains(options, text) {
		return refuse("option", "%q is not one of the choices.", clip(text))
	}
	return nil
}

func checkPattern(value any) *problem {
	pattern, ok := value.(string)
	if !ok || pattern == "" {
		return refuse("type", "The value is a regular expression (RE2).")
	}
	if utf8.RuneCountInString(pattern) > MaxPattern {
		return refuse("max_length", "A pattern has at most %d characters.", MaxPattern)
	}
	if _, err := compile(pattern); err != nil {
		return refuse("pattern", "The pattern cannot be used: %s.", err)
	}
	return unlessStorable(pattern)
}
