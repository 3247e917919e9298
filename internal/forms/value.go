package forms

import (
	"fmt"

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

// given reports whether there is a value at all.
func given(value any) bool {
	switch value := value.(type) {
	case nil:
		return false
	case string:
		return value != ""
	case []any:
		return len(value) > 0
	}
	return true
}

// checkAnswer judges what was sent for a field that is shown, nil for nothing.
func checkAnswer(field models.Field, value any) *problem {
	rule := field.Validation.Required
	if rule != nil && rule.Value && (!given(value) || blank(field, value)) {
		return broken("required", rule.Message, "%s is required.", label(field))
	}
	if !given(value) {
		return nil
	}
	return checkValue(field, value)
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
