package forms

import (
	"fmt"
	"maps"
	"slices"

	"leadrail/models"
)

// maxSuggestions is for how many unknown names of one lead a known one is looked
// for: whoever sends thousands means none of the form's.
const maxSuggestions = 10

// stranger is a name that is no field's, at the place where it was sent.
type stranger struct{ path, name string }

func fieldNames(definition models.FormDefinition) []string {
	names := make([]string, len(definition.Fields))
	for i, field := range definition.Fields {
		names[i] = field.Name
	}
	return names
}

// unknownFields lists, in the order of their names, the values that no field
// takes.
func unknownFields(known []string, data map[string]any) []models.FieldError {
	var strange []stranger
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if !slices.Contains(known, name) {
			strange = append(strange, stranger{"formData." + name, name})
		}
	}
	return unknown(known, strange)
}

func unknown(known []string, strange []stranger) []models.FieldError {
	problems := make([]models.FieldError, len(strange))
	for i, s := range strange {
		message := fmt.Sprintf("The form has no field %q.", s.name)
		if i < maxSuggestions {
			if near, found := models.Nearest(s.name, known); found {
				message = fmt.Sprintf("The form has no field %q; did you mean %q?", s.name, near)
			}
		}
		problems[i] = models.FieldError{Field: s.path, Code: "unknown_field", Message: message}
	}
	return problems
}
