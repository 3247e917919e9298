package forms

import (
	"encoding/json"
	"fmt"
	"math"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"leadrail/models"
)

// maxEmailLength is the longest address that a mail transaction can carry
// (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const maxEmailLength = 254

// Accept checks submitted data against a definition and returns what is kept:
// the fields that have a value. A null or an empty text counts as not given.
// Problems are located under "formData".
func Accept(definition models.FormDefinition, data map[string]any) (map[string]any, []models.FieldError) {
	kept := make(map[string]any, len(data))
	problems := unknownFields(definition, data)
	for _, field := range definition.Fields {
		value, given := data[field.Name]
		if !given || value == nil || value == "" {
			if required(field) {
				problems = append(problems, located(field, requiredProblem(field)))
			}
			continue
		}
		if problem := checkValue(field, value); problem != nil {
			problems = append(problems, located(field, problem))
			continue
		}
		kept[field.Name] = value
	}
	return kept, problems
}

// Completed returns the names of the fields that were filled in: as claimed by
// the caller when it says so, else those with a value, in the form's order.
func Completed(definition models.FormDefinition, claimed []string, kept map[string]any) ([]string, []models.FieldError) {
	if claimed == nil {
		return namesOf(definition, kept), nil
	}
	var problems []models.FieldError
	for i, name := range claimed {
		if !slices.ContainsFunc(definition.Fields, func(f models.Field) bool { return f.Name == name }) {
			problems = append(problems, models.FieldError{
				Field: fmt.Sprintf("fieldsCompleted[%d]", i), Code: "unknown_field",
				Message: fmt.Sprintf("The form has no field %q.", name),
			})
		}
	}
	return claimed, problems
}

func namesOf(definition models.FormDefinition, kept map[string]any) []string {
	names := []string{}
	for _, field := range definition.Fields {
		if _, ok := kept[field.Name]; ok {
			names = append(names, field.Name)
		}
	}
	return names
}

func unknownFields(definition models.FormDefinition, data map[string]any) []models.FieldError {
	known := map[string]bool{}
	for _, field := range definition.Fields {
		known[field.Name] = true
	}
	var problems []models.FieldError
	for name := range data {
		if !known[name] {
			problems = append(problems, models.FieldError{
				Field: "formData." + name, Code: "unknown_field",
				Message: fmt.Sprintf("The form has no field %q.", name),
			})
		}
	}
	slices.SortFunc(problems, func(a, b models.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return problems
}

// problem is a broken rule of one field, not located yet.
type problem struct{ Code, Message string }

func located(field models.Field, p *problem) models.FieldError {
	return models.FieldError{Field: "formData." + field.Name, Code: p.Code, Message: p.Message}
}

func required(field models.Field) bool {
	return field.Validation.Required != nil && field.Validation.Required.Value
}

func requiredProblem(field models.Field) *problem {
	return broken("required", field.Validation.Required.Message, "%s is required.", label(field))
}

// broken makes a problem with the author's message, or a default one.
func broken(code, message, format string, args ...any) *problem {
	if message == "" {
		message = fmt.Sprintf(format, args...)
	}
	return &problem{Code: code, Message: message}
}

func label(field models.Field) string {
	if field.Label != "" {
		return field.Label
	}
	return field.Name
}

// checkValue returns the first rule of the field that the value breaks.
func checkValue(field models.Field, value any) *problem {
	if field.Type == models.FieldNumber {
		return checkNumber(field, value)
	}
	text, ok := value.(string)
	if !ok {
		return broken("type", "", "%s is a text.", label(field))
	}
	if p := checkLength(field, text); p != nil {
		return p
	}
	switch field.Type {
	case models.FieldEmail:
		return checkEmail(field, text)
	case models.FieldSelect:
		return checkOption(field, text)
	default:
		return nil
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
// UseNumber, when it is finite.
func toNumber(value any) (float64, bool) {
	switch number := value.(type) {
	case json.Number:
		parsed, err := number.Float64()
		return parsed, err == nil && !math.IsInf(parsed, 0)
	case float64:
		return number, true
	}
	return 0, false
}

// plain writes a bound as a person would: no exponent, no trailing zeros.
func plain(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

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

func checkEmail(field models.Field, text string) *problem {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text || len(text) > maxEmailLength {
		return broken("email", "", "%s is an e-mail address such as ada@example.com.", label(field))
	}
	return nil
}

func checkOption(field models.Field, text string) *problem {
	if !slices.ContainsFunc(field.Options, func(o models.Option) bool { return o.Value == text }) {
		return broken("option", "", "%s is one of the options.", label(field))
	}
	return nil
}
