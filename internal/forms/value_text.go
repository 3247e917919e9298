package forms

import (
	"strings"
	"unicode/utf8"

	"leadrail/internal/id"
	"leadrail/internal/rules"
	"leadrail/models"
)

// isTyped tells the types that are a line or more of what somebody types.
func isTyped(t models.FieldType) bool {
	return t == models.FieldText || t == models.FieldTextarea || t == models.FieldEmail || t == models.FieldTel
}

// blank reports whether a value is typed, but is only white space.
func blank(field models.Field, value any) bool {
	text, ok := value.(string)
	return ok && isTyped(field.Type) && strings.TrimSpace(text) == ""
}

func checkText(field models.Field, text string) *problem {
	if p := checkLength(field, text); p != nil {
		return p
	}
	if p := checkForm(field, text); p != nil {
		return p
	}
	return checkPattern(field, text)
}

// checkForm asks whether a text is what its field's type says.
func checkForm(field models.Field, text string) *problem {
	switch {
	case field.Type == models.FieldSelect:
		return checkOption(field, text)
	case field.Type == models.FieldEmail && !isEmail(text):
		return broken("email", "", "%s is an e-mail address such as ada@example.com.", label(field))
	case field.Type == models.FieldTel && !isTel(text, field.Region):
		return broken("tel", "", "%s is a phone number such as +49 30 1234567.", label(field))
	case field.Type == models.FieldDate && !isDate(text):
		return broken("date", "", "%s is a date such as 2026-11-22.", label(field))
	case field.Type == models.FieldDatetime && !isDatetime(text):
		return broken("datetime", "", "%s is a date and a time such as 2026-11-22T09:30.", label(field))
	case (field.Type == models.FieldFile || field.Type == models.FieldImage) && !id.Valid(id.File, text):
		return broken("file", "", "%s is the id of an uploaded file.", label(field))
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

func checkPattern(field models.Field, text string) *problem {
	rule := field.Validation.Pattern
	if rule == nil || len(text) <= rules.MaxMatchText && rule.Match(text) {
		return nil
	}
	return broken("pattern", rule.Message, "%s matches the pattern `%s`.", label(field), rule.Value)
}
