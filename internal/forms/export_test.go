package forms

// PresetResponse is open to the black-box tests.
var PresetResponse = presetResponse
