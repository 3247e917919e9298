package forms_test

import (
	"strings"
	"testing"

	"leadrail/models"
)

// patterned is a text field that wants a pattern.
func patterned(pattern string) models.Field {
	return models.Field{Type: models.FieldText, Validation: models.Validation{Pattern: &models.PatternRule{Value: pattern}}}
}

func TestPatternsAreForTheWholeText(t *testing.T) {
	t.Parallel()
	values{
		"": {
			`"A1"`, `"ZZ9"`, `"AB12"`, `"QQ0000"`, `"AA1234"`, `"XY99"`, `"B2"`, `"C3"`, `"DD44"`, `"EE555"`, `"F6"`, `"GG7777"`,
		},
		"pattern": {
			`"a1"`, `"A"`, `"1"`, `"AB12345"`, `"ABC1"`, `" A1"`, `"A1 "`, `"A1\n"`, `"A1\nA1"`, `"xA1"`, `"A1x"`, `"Ä1"`, `"A１"`, `" "`,
		},
		"type": {`1`, `["A1"]`},
	}.check(t, patterned(`[A-Z]{1,2}\d{1,4}`))
}

func TestPatternsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for pattern, c := range map[string]struct{ good, bad []string }{
		`^\d{5}$`:         {[]string{`"10115"`}, []string{`"1011"`, `"101150"`, `"10115\n"`}},
		`yes|no`:          {[]string{`"yes"`, `"no"`}, []string{`"yesno"`, `"yes, of course"`, `"I say no"`}},
		`(?i)[a-z]+`:      {[]string{`"abc"`, `"ABC"`}, []string{`"ab1"`}},
		`(?m)^a$`:         {[]string{`"a"`}, []string{`"a\na"`, `"b\na"`}},
		`.*`:              {[]string{`"anything"`, `" "`}, []string{`"two\nlines"`}},
		`(?s).*`:          {[]string{`"two\nlines"`}, nil},
		`\p{L}+`:          {[]string{`"Ärger"`, `"日本"`}, []string{`"a b"`, `"7"`}},
		`.{3}`:            {[]string{`"äöü"`, `"日本語"`, `"🚀🚀🚀"`}, []string{`"äö"`}},
		`(a|b)*c\.`:       {[]string{`"abc."`, `"c."`}, []string{`"abcd"`}},
		`\Qa.b\E`:         {[]string{`"a.b"`}, []string{`"axb"`}},
		`[^@]+@example.*`: {[]string{`"x@example.com"`}, []string{`"@example.com"`}},
		`x?`:              {[]string{`"x"`}, []string{`"xx"`}},
	} {
		t.Run(pattern, func(t *testing.T) {
			t.Parallel()
			values{"": c.good, "pattern": c.bad}.check(t, patterned(pattern))
		})
	}
}

func TestOtherRulesComeBeforeThePattern(t *testing.T) {
	t.Parallel()
	pattern := &models.PatternRule{Value: `.*@example\.com`, Message: "Use your address at work."}
	values{
		"":      {`"ada@example.com"`},
		"email": {`"ada"`}, "pattern": {`"ada@example.org"`}, "max_length": {`"ada.lovelace@example.com"`},
	}.check(t, models.Field{Type: models.FieldEmail, Validation: models.Validation{
		Pattern: pattern, MaxLength: &models.Rule[int]{Value: 16},
	}})
	values{"": {`"+49 30 1234567"`}, "tel": {`"+49"`}, "pattern": {`"+33 1 23 45 67 89"`}}.check(t, models.Field{
		Type: models.FieldTel, Validation: models.Validation{Pattern: &models.PatternRule{Value: `\+49.*`}},
	})
}

func TestLongTextsMatchNoPattern(t *testing.T) {
	t.Parallel()
	values{
		"": {quoted(strings.Repeat("x", 16<<10))}, "pattern": {quoted(strings.Repeat("x", 16<<10+1))},
	}.check(t, patterned(`x*`))
}
