package forms

import (
	"strings"

	"leadrail/models"
)

// Arguments is the schema of a form's data that vendors of models take for a tool:
// an object without combinations at its top, each property with its own rules.
// Conditions stand in the descriptions, and a field that has one is not required.
// So it takes whatever is kept of a lead ([Accepted]), and may take more.
func Arguments(definition models.FormDefinition) *JSONSchema {
	schema := &JSONSchema{Type: "object", Properties: Properties{}, Closed: true}
	for _, field := range definition.Fields {
		property := described(field)
		bound(property, argumentOf(field))
		schema.Properties = append(schema.Properties, Property{field.Name, property})
		if required(field) && field.VisibleWhen == nil {
			schema.Required = append(schema.Required, field.Name)
		}
	}
	return schema
}

// argumentOf is valueOf without what a model cannot read and what only a validator
// needs.
func argumentOf(field models.Field) *JSONSchema {
	value := valueOf(field)
	value.AllOf = nil
	if strings.Contains(value.Pattern, `\p{`) {
		value.Pattern = "" // OpenAI reads patterns as Python does, which has no categories: it refuses the tool
	}
	if field.Validation.MaxLength == nil {
		value.MaxLength = nil
	}
	switch field.Type {
	case models.FieldEmail:
		value.Format = "" // validators know "email", which takes ASCII alone, and not "idn-email"
	case models.FieldTel:
		value.Format, value.Pattern = "", ""
	case models.FieldDate, models.FieldDatetime:
		value.Pattern = ""
	case models.FieldText, models.FieldTextarea:
		if required(field) {
			value.MinLength = max(value.MinLength, 1)
		}
	case models.FieldNumber, models.FieldSelect, models.FieldMultiselect, models.FieldFile, models.FieldImage:
	}
	return value
}
