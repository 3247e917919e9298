package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
)

func TestSubject(t *testing.T) {
	t.Parallel()
	lead := mail.Lead{FormName: "contact_form", Fields: []mail.Field{
		{Name: "name", Value: "Ada"},
		{Name: "company", Value: "{{name}} {{formName}} {{ & Co"},
		{Name: "note", Value: "two\r\nlines"},
		{Name: "name", Value: "a second of that name"},
		{Name: "formname", Value: "a field"},
	}}
	for template, want := range map[string]string{
		"":                                   "New lead: contact_form",
		"New lead":                           "New lead",
		"{{name}} via {{formName}}":          "Ada via contact_form",
		"{{ name }}-{{\tname\n}}-{{  name}}": "Ada-Ada-Ada",
		"{{name}}{{name}}":                   "AdaAda",
		"{{company}}":                        "{{name}} {{formName}} {{ & Co",
		"{{note}}":                           "two lines",
		"{{formname}}":                       "a field",
		"hello {{missing}}!":                 "hello !",
		"{{missing}}":                        "New lead: contact_form",
		" \r\n ":                             "New lead: contact_form",
		"{{na me}} {{}} {{1}} {{.name}}":     "{{na me}} {{}} {{1}} {{.name}}",
		"{name} {{name} {{{name}}}":          "{name} {{name} {Ada}",
		"{{name|html}} {{if name}}":          "{{name|html}} {{if name}}",
		"a\r\nBcc: everyone@example.com":     "a Bcc: everyone@example.com",
		"=?utf-8?q?{{name}}?=":               "= ?utf-8?q?Ada?=",
		"={{missing}}?x":                     "= ?x",
		"a\u202eb\u2067c":                    "a b c",
		strings.Repeat("é", 255):             strings.Repeat("é", 255),
		strings.Repeat("é", 256):             strings.Repeat("é", 254) + "…",
	} {
		content, err := lead.Render(template)
		require.NoError(t, err)
		require.Equal(t, want, content.Subject, "%q", template)
	}
}

func FuzzSubject(f *testing.F) {
	for _, seed := range [][2]string{
		{"{{a}}", "x\r\nBcc: y"},
		{"={{a}}?", "\u202e"},
		{"=?{{a}}", "?="},
		{"{{formName}}", "\u2028\u0085\x00"},
		{"=\x00?", "\xff"},
		{"", ""},
		{strings.Repeat("=", 254) + "?", ""},
		{strings.Repeat(" a", 200), "=?"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, template, value string) {
		content, err := mail.Lead{FormName: value, Fields: []mail.Field{{Name: "a", Value: value}}}.Render(template)
		require.NoError(t, err)
		requireHeaderLine(t, content.Subject, 255)
		require.NotEmpty(t, content.Subject)
	})
}
