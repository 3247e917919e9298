package forms

import (
	"fmt"

	"leadrail/internal/rules"
	"leadrail/models"
)

// Answers are what came with a filled-in form. Values are as a JSON decoder
// makes them, numbers as json.Number or float64.
type Answers struct {
	// Data are the values by field name.
	Data map[string]any
	// Signals are what the agent learnt; conditions may ask for them.
	Signals map[string]any
	// Completed names the fields that the visitor filled in, as the caller
	// claims; nil means those with a value.
	Completed []string
}

// Accepted is what is kept of answers. Accepted again, under the same signals,
// it stays as it is.
type Accepted struct {
	// Data has the fields that are shown and have a value. It is never nil.
	Data map[string]any
	// Completed names fields that are shown. It is never nil.
	Completed []string
}

// Accept checks answers against a definition. A null, an empty text and an
// empty list count as not given. What was sent for hidden fields is dropped
// without a word: the visitor cannot see them, and so cannot correct them.
// Problems are located under "formData" and "fieldsCompleted".
func Accept(definition models.FormDefinition, answers Answers) (Accepted, []models.FieldError) {
	accepted := Accepted{Data: map[string]any{}}
	names := fieldNames(definition)
	problems := unknownFields(names, answers.Data)
	visible := visibleFields(definition, answers)
	for _, field := range definition.Fields {
		value := answers.Data[field.Name]
		if !visible[field.Name] {
			continue
		}
		if problem := checkAnswer(field, value); problem != nil {
			problems = append(problems, models.FieldError{
				Field: "formData." + field.Name, Code: problem.code, Message: problem.message,
			})
		} else if given(value) {
			accepted.Data[field.Name] = value
		}
	}
	if answers.Completed == nil {
		accepted.Completed = namesOf(definition, accepted.Data)
		return accepted, problems
	}
	completed, unknown := claimed(names, visible, answers.Completed)
	accepted.Completed = completed
	return accepted, append(problems, unknown...)
}

// visibleFields has an entry for each field.
func visibleFields(definition models.FormDefinition, answers Answers) map[string]bool {
	facts := rules.Facts{Data: answers.Data, Signals: answers.Signals}
	return rules.Visible(fieldNames(definition), visibility(definition.Fields), facts)
}

// visibility lists the conditions of fields that have one.
func visibility(fields []models.Field) map[string]*models.Condition {
	conditions := map[string]*models.Condition{}
	for _, field := range fields {
		if field.VisibleWhen != nil {
			conditions[field.Name] = field.VisibleWhen
		}
	}
	return conditions
}

// claimed keeps the names of the fields that are shown.
func claimed(known []string, visible map[string]bool, names []string) ([]string, []models.FieldError) {
	kept := []string{}
	var strange []stranger
	for i, name := range names {
		shown, exists := visible[name]
		if !exists {
			strange = append(strange, stranger{fmt.Sprintf("fieldsCompleted[%d]", i), name})
		}
		if shown {
			kept = append(kept, name)
		}
	}
	return kept, unknown(known, strange)
}

// namesOf lists the fields that have a value, in the form's order.
func namesOf(definition models.FormDefinition, data map[string]any) []string {
	names := []string{}
	for _, field := range definition.Fields {
		if _, ok := data[field.Name]; ok {
			names = append(names, field.Name)
		}
	}
	return names
}
