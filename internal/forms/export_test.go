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
