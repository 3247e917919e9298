package forms_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// values are JSON texts by the code of the rule that they break; those under
// "" break none.
type values map[string][]string

// check asks a form of this one field about each value.
func (v values) check(t *testing.T, field models.Field) {
	t.Helper()
	field.Name = "it"
	definition := models.FormDefinition{Fields: []models.Field{field}}
	for code, texts := range v {
		for _, text := range texts {
			t.Run(code+" "+text, func(t *testing.T) {
				t.Parallel()
				data := object(t, `{"it":`+text+`}`)
				accepted, problems := forms.Accept(definition, forms.Answers{Data: data})
				if code == "" {
					require.Empty(t, problems)
					require.Equal(t, data, accepted.Data)
					return
				}
				require.Len(t, problems, 1)
				require.Equal(t, "formData.it", problems[0].Field)
				require.Equal(t, code, problems[0].Code)
				require.NotEmpty(t, problems[0].Message)
				require.Empty(t, accepted.Data)
			})
		}
	}
}

// object decodes data as a lead's is.
func object(t testing.TB, text string) map[string]any {
	t.Helper()
	data, err := models.Document(text).Object()
	require.NoError(t, err, text)
	return data
}

// quoted writes a text as JSON.
func quoted(text string) string {
	encoded, _ := json.Marshal(text) // a text cannot fail
	return string(encoded)
}

func lengths(low, high int) models.Validation {
	return models.Validation{MinLength: &models.Rule[int]{Value: low}, MaxLength: &models.Rule[int]{Value: high}}
}

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

func TestEmail(t *testing.T) {
	t.Parallel()
	values{
		"": {
			`"ada@example.com"`, `"a@b.co"`, `"ada.lovelace+news@mail.example.co.uk"`, `"ADA@EXAMPLE.COM"`, `"o'hara@example.com"`,
			`"ada_l@example.com"`, `"1@1.example"`, `"a!#$%&'*+/=?^_{|}~-@example.com"`, `"ada@bücher.example"`, `"ada@xn--bcher-kva.example"`,
			`"ада@пример.испытание"`, `"josé@example.com"`, `"ada@例え.テスト"`, `"ada@sub-domain.example.com"`,
			quoted(strings.Repeat("x", 64) + "@example.com"),
			quoted("ada@" + strings.Repeat("x", 63) + ".example.com"),
		},
		"email": {
			`"ada"`, `"ada@"`, `"@example.com"`, `"ada@@example.com"`, `"ada@example"`, `"ada@localhost"`, `"ada@127.0.0.1"`, `"ada@[127.0.0.1]"`,
			`"ada@example..com"`, `"ada@.example.com"`, `"ada@example.com."`, `"ada.@example.com"`, `".ada@example.com"`, `"a..b@example.com"`,
			`"ada @example.com"`, `"ada@exam ple.com"`, `" ada@example.com"`, `"ada@example.com "`, `"ada@example.com\n"`, `"ada@example.com\r\nBcc: eve@example.com"`,
			`"Ada <ada@example.com>"`, `"<ada@example.com>"`, `"\"ada\"@example.com"`, `"ada@example.com, eve@example.com"`, `"ada(x)@example.com"`,
			`"ada@-example.com"`, `"ada@example-.com"`, `"ada@exa_mple.com"`, `"ada@example.c"`, `"ada@xn--.example"`, `"ada@\u202eexample.com"`, `"mailto:ada@example.com"`,
			quoted(strings.Repeat("x", 65) + "@example.com"),
			quoted("ada@" + strings.Repeat("x", 64) + ".example.com"),
			quoted("ada@" + strings.Repeat("xxxxxxxxx.", 25) + "example.com"),
			quoted("ada@" + strings.Repeat("ü", 60) + "." + strings.Repeat("ü", 60) + ".example"),
		},
		"type": {`7`, `true`, `["ada@example.com"]`, `{"email":"ada@example.com"}`},
	}.check(t, models.Field{Type: models.FieldEmail})
}

func TestTel(t *testing.T) {
	t.Parallel()
	values{
		"": {
			`"112"`, `"+49 30 1234567"`, `"+493012345678"`, `"030/123456"`, `"(030) 123-456"`, `"+1 (555) 010-9999"`, `"555.010.9999"`,
			`"(+49) 30 1234567"`, `"0049 (0) 30 1234567"`, `"123456789012345"`, `"+123456789012345"`, `" 555 0100 "`, `"555‑0100"`, `"555–0100"`, `"+33\u00a01\u00a023\u00a045"`,
		},
		"tel": {
			`"12"`, `"+1"`, `"1234567890123456"`, `"+"`, `"---"`, `"call me"`, `"555-CALL"`, `"555 0100 ext 5"`, `"++49 30 123"`, `"49+30 123"`, `"30 123 +"`,
			`"555;0100"`, `"555,0100"`, `"*100#"`, `"555_0100"`, `"５５５０１００"`, `"٥٥٥٠١٠٠"`, `"555\n0100"`, `"555\t0100"`, `"tel:5550100"`, `" "`,
		},
		"type": {`5550100`, `true`, `["5550100"]`, `{}`},
	}.check(t, models.Field{Type: models.FieldTel})
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

func TestDate(t *testing.T) {
	t.Parallel()
	values{
		"": {
			`"2026-11-22"`, `"2026-01-01"`, `"2026-12-31"`, `"2024-02-29"`, `"2000-02-29"`, `"2026-02-28"`, `"2026-04-30"`,
			`"1970-01-01"`, `"1815-12-10"`, `"0001-01-01"`, `"9999-12-31"`, `"2026-03-29"`,
		},
		"date": {
			`"2026-02-29"`, `"1900-02-29"`, `"2026-02-30"`, `"2026-04-31"`, `"2026-13-01"`, `"2026-00-10"`, `"2026-11-00"`, `"2026-11-32"`, `"2026-1-2"`, `"26-11-22"`,
			`"20261122"`, `"2026/11/22"`, `"22.11.2026"`, `"11/22/2026"`, `"2026-11-22T00:00:00Z"`, `"2026-11-22 "`, `" 2026-11-22"`, `"2026-W47-7"`, `"2026-326"`,
			`"+2026-11-22"`, `"-2026-11-22"`, `"12026-11-22"`, `"2026-11"`, `"today"`, `"２０２６-11-22"`, `"2026‑11‑22"`,
		},
		"type": {`20261122`, `1795339790000`, `true`, `["2026-11-22"]`},
	}.check(t, models.Field{Type: models.FieldDate})
}
