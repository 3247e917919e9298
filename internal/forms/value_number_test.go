package forms_test

import (
	"testing"

	"leadrail/models"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	values{
		"": {
			`-2.5`, `-2`, `-1e-3`, `-0`, `0`, `0.0`, `1`, `1.0`, `3.14159`, `99.99999`, `100`, `1e2`, `1E+2`, `100.000`, `0.1e3`,
		},
		"min":  {`-2.51`, `-3`, `-1e9`, `-2.500001`},
		"max":  {`100.01`, `101`, `1e3`, `123456789012345678901234567890`},
		"type": {`"5"`, `"0"`, `"five"`, `" "`, `true`, `false`, `[5]`, `{"value":5}`, `1e400`, `-1e400`},
	}.check(t, models.Field{Type: models.FieldNumber, Validation: models.Validation{
		Min: &models.Rule[float64]{Value: -2.5}, Max: &models.Rule[float64]{Value: 100},
	}})
}

func TestNumbersNeedNoBounds(t *testing.T) {
	t.Parallel()
	values{
		"":     {`1e308`, `-1e308`, `5e-324`, `123456789012345678901234567890`, `0.1`},
		"type": {`1e309`, `"1e3"`},
	}.check(t, models.Field{Type: models.FieldNumber})
}
