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

// choices are as odd as their authors like.
func choices() []models.Option {
	var options []models.Option
	for _, value := range []string{
		"free", "pro", "Pro", " pro", "1", "1.0", "true", "null", "ein Büro", "日本", "a,b", "<b>", "🚀",
	} {
		options = append(options, models.Option{Label: "Label of " + value, Value: value})
	}
	return options
}

func TestSelect(t *testing.T) {
	t.Parallel()
	values{
		"": {
			`"free"`, `"pro"`, `"Pro"`, `" pro"`, `"1"`, `"1.0"`, `"true"`, `"null"`, `"ein Büro"`, `"日本"`, `"a,b"`, `"<b>"`, `"🚀"`,
		},
		"option": {`"FREE"`, `"fre"`, `"free "`, `"pro,free"`, `"Label of free"`, `"2"`, `"01"`, `"ein Bu\u0308ro"`, `" "`, `"false"`, `"a"`, `"🚀🚀"`},
		"type":   {`1`, `1.0`, `true`, `["free"]`, `{"value":"free"}`},
	}.check(t, models.Field{Type: models.FieldSelect, Options: choices()})
}

func TestMultiselect(t *testing.T) {
	t.Parallel()
	values{
		"": {
			`["free"]`, `["pro","free"]`, `["free","pro"]`, `["pro","Pro"," pro"]`, `["1","1.0"]`, `["true","null"]`, `["ein Büro"]`, `["日本","🚀"]`,
			`["a,b"]`, `["<b>"]`, `["Pro"]`, `["free","pro","Pro"," pro","1","1.0","true","null","ein Büro","日本","a,b","<b>","🚀"]`,
		},
		"option":    {`["FREE"]`, `["free","none"]`, `["free,pro"]`, `[""]`, `["free",""]`, `["Label of free"]`, `["a","b"]`},
		"duplicate": {`["free","free"]`, `["free","pro","free"]`},
		"type":      {`"free"`, `"free,pro"`, `1`, `true`, `{"0":"free"}`, `{}`, `[1]`, `["free",null]`, `[["free"]]`, `[true]`, `[null]`},
	}.check(t, models.Field{Type: models.FieldMultiselect, Options: choices()})
}
