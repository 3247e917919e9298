package forms

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"leadrail/models"
)

// problem is a broken rule of one field, not located yet.
type problem struct{ code, message string }

// broken makes a problem with the author's message, or a default one.
func broken(code, message, format string, args ...any) *problem {
	if message == "" {
		message = fmt.Sprintf(format, args...)
	}
	return &problem{code: code, message: message}
}

func label(field models.Field) string {
	if field.Label != "" {
		return field.Label
	}
	return field.Name
}

// checkAnswer judges what was sent for a field that is shown, nil for nothing.
func checkAnswer(field models.Field, value any) *problem {
	if given(value) {
		return checkValue(field, value)
	}
	if rule := field.Validation.Required; rule != nil && rule.Value {
		return broken("required", rule.Message, "%s is required.", label(field))
	}
	return nil
}

// checkValue returns the first rule of the field that a value breaks.
func checkValue(field models.Field, value any) *problem {
	switch field.Type {
	case models.FieldNumber:
		return checkNumber(field, value)
	case models.FieldMultiselect:
		return checkChoices(field, value)
	default:
		text, ok := value.(string)
		if !ok {
			return broken("type", "", "%s is a text.", label(field))
		}
		return checkText(field, text)
	}
}

func checkNumber(field models.Field, value any) *problem {
	number, ok := toNumber(value)
	if !ok {
		return broken("type", "", "%s is a number.", label(field))
	}
	if low := field.Validation.Min; low != nil && number < low.Value {
		return broken("min", low.Message, "%s is at least %s.", label(field), plain(low.Value))
	}
	if high := field.Validation.Max; high != nil && number > high.Value {
		return broken("max", high.Message, "%s is at most %s.", label(field), plain(high.Value))
	}
	return nil
}

// toNumber takes what a JSON decoder makes of a number, with or without
// UseNumber, unless it is too large.
func toNumber(value any) (float64, bool) {
	switch number := value.(type) {
	case json.Number:
		parsed, err := number.Float64()
		return parsed, err == nil
	case float64:
		return number, true
	}
	return 0, false
}

// plain writes a bound as a person would: no exponent, no trailing zeros.
func plain(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

// checkChoices takes a list of different options.
func checkChoices(field models.Field, value any) *problem {
	chosen, ok := value.([]any)
	if !ok {
		return broken("type", "", "%s is a list of options.", label(field))
	}
	seen := map[string]bool{}
	for _, item := range chosen {
		text, ok := item.(string)
		if !ok {
			return broken("type", "", "%s is a list of options, which are texts.", label(field))
		}
		if p := checkOption(field, text); p != nil {
			return p
		}
		if seen[text] {
			return broken("duplicate", "", "%s has an option twice.", label(field))
		}
		seen[text] = true
	}
	return nil
}

func checkOption(field models.Field, text string) *problem {
	if !slices.ContainsFunc(field.Options, func(o models.Option) bool { return o.Value == text }) {
		return broken("option", "", "%s is one of the options.", label(field))
	}
	return nil
}

func checkText(field models.Field, text string) *problem {
	if p := checkLength(field, text); p != nil {
		return p
	}
	switch {
	case field.Type == models.FieldSelect:
		return checkOption(field, text)
	case field.Type == models.FieldEmail && !isEmail(text):
		return broken("email", "", "%s is an e-mail address such as ada@example.com.", label(field))
	case field.Type == models.FieldTel && !isTel(text):
		return broken("tel", "", "%s is a phone number such as +49 30 1234567.", label(field))
	case field.Type == models.FieldDate && !isDate(text):
		return broken("date", "", "%s is a date such as 2026-11-22.", label(field))
	default:
		return nil
	}
}

func checkLength(field models.Field, text string) *problem {
	length := utf8.RuneCountInString(text)
	if low := field.Validation.MinLength; low != nil && length < low.Value {
		return broken("min_length", low.Message, "%s has at least %d characters.", label(field), low.Value)
	}
	if high := field.Validation.MaxLength; high != nil && length > high.Value {
		return broken("max_length", high.Message, "%s has at most %d characters.", label(field), high.Value)
	}
	return nil
}
