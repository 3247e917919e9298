package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestContains(t *testing.T) {
	t.Parallel()
	table(t, models.OpContains, []answer{
		{`"We are Hiring"`, `"hiring"`, true},
		{`"we are hiring"`, `"HIRING"`, true},
		{`"ÄRGER"`, `"ärger"`, true},
		{`"hire"`, `"hiring"`, false},
		{`"a b"`, `" "`, true},
		{`["a","b"]`, `"b"`, true},
		{`["a","b"]`, `"B"`, false},
		{`["ab"]`, `"b"`, false},
		{`[1,2]`, `2.0`, true},
		{`[1,2]`, `"2"`, false},
		{`[true]`, `true`, true},
		{`["a"]`, `["a"]`, false},
		{`55`, `5`, false},
		{`"55"`, `5`, false},
		{`"text"`, `""`, false},
		{`"text"`, absent, false},
		{`""`, `"x"`, false},
		{`[]`, `"x"`, false},
		{absent, `"x"`, false},
		{`{"x":1}`, `"x"`, false},
	})
}

func TestExists(t *testing.T) {
	t.Parallel()
	for value, has := range map[string]bool{
		absent: false, `null`: false, `""`: false, `[]`: false, `{}`: false,
		`" "`: true, `0`: true, `false`: true, `[""]`: true, `[null]`: true, `{"a":null}`: true, `1e400`: true,
	} {
		table(t, models.OpExists, []answer{
			{value, absent, has},
			{value, `null`, has},
			{value, `true`, has},
			{value, `false`, !has},
			{value, `1`, false},
			{value, `"true"`, false},
			{value, `[]`, false},
		})
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	table(t, models.OpMatches, []answer{
		{`"ada@example.com"`, `"@example\\.com$"`, true},
		{`"ada@example.com"`, `"^example"`, false},
		{`"ada@example.com"`, `"EXAMPLE"`, false},
		{`"ada@example.com"`, `"(?i)EXAMPLE"`, true},
		{`"line\nbreak"`, `"^break$"`, false},
		{`"line\nbreak"`, `"(?m)^break$"`, true},
		{`"x"`, `""`, false},
		{`"x"`, `"("`, false},
		{`"x"`, `"(?=x)"`, false},
		{`"x"`, absent, false},
		{`"5"`, `5`, false},
		{`5`, `"5"`, false},
		{`["x"]`, `"x"`, false},
		{`""`, `".*"`, false},
		{absent, `".*"`, false},
	})
}

func TestMatchesIsBounded(t *testing.T) {
	t.Parallel()
	matches := func(text, pattern string) bool {
		return rules.Holds(is("x", models.OpMatches, pattern), rules.Facts{Data: map[string]any{"x": text}})
	}
	require.True(t, matches(text(rules.MaxMatchText), "^x"))
	require.False(t, matches(text(rules.MaxMatchText+1), "^x"))
	require.True(t, matches(text(rules.MaxPattern), text(rules.MaxPattern)))
	require.False(t, matches(text(rules.MaxPattern+1), text(rules.MaxPattern+1)))
	require.True(t, matches(text(900), "^x{900}"))
	require.False(t, matches(text(900), "^(x{900}){3}|x"), "its program is too large")
}
