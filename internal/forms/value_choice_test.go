package forms_test

import (
	"testing"

	"leadrail/models"
)

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
