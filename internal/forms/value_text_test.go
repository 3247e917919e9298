package forms_test

import (
	"strings"
	"testing"

	"leadrail/models"
)

func TestText(t *testing.T) {
	t.Parallel()
	table := values{
		"": {
			`"ab"`, `"abc"`, `"abcde"`, `"  "`, `"  a  "`, `"äöüßé"`, `"日本"`, `"👩🏽‍💻"`, `"a\nb"`, `"<b>"`, `"123"`, `"null"`, `"\u200b\u200b"`,
		},
		"min_length": {`"a"`, `"é"`, `"日"`, `" "`},
		"max_length": {`"abcdef"`, `"äöüßéñ"`, `"      "`, quoted(strings.Repeat("x", 100_000))},
		"type":       {`7`, `0`, `1.5`, `true`, `false`, `["ab"]`, `{"a":"b"}`, `{}`, `[null]`},
	}
	table.check(t, models.Field{Type: models.FieldText, Validation: lengths(2, 5)})
	table.check(t, models.Field{Type: models.FieldTextarea, Validation: lengths(2, 5)})
}

func TestLengthsBoundEveryTypedText(t *testing.T) {
	t.Parallel()
	values{
		"": {`"555 0100"`}, "min_length": {`"5550100"`}, "max_length": {`"555-0100-1"`},
	}.check(t, models.Field{Type: models.FieldTel, Validation: lengths(8, 9)})
	values{
		"": {`"a@b.example"`}, "min_length": {`"a@b.co"`}, "max_length": {`"ada@b.example"`},
	}.check(t, models.Field{Type: models.FieldEmail, Validation: lengths(8, 12)})
}
