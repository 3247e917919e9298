package forms

import "leadrail/models"

// PresetResponse is open to the black-box tests.
var PresetResponse = presetResponse

// CheckFields returns what is wrong with the fields of a definition.
func CheckFields(fields []models.Field) []models.FieldError {
	c := &checker{}
	c.fields(fields)
	return c.problems
}

// CheckFieldsAndConditions returns what is wrong with the fields of a definition and
// with what shows them.
func CheckFieldsAndConditions(fields []models.Field) []models.FieldError {
	c := &checker{}
	c.fields(fields)
	c.rules(&Input{Fields: fields})
	return c.problems
}

// ToolOf makes a tool, Instructions the text that goes with it.
var (
	ToolOf       = toolOf
	Instructions = instructions
)
