package rules

import (
	"regexp/syntax"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProgramSizeIsNeverTooSmall(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		"", "a", "abc", "^a$", ".", `\pL`, "[a-z]", "(?i)straße", "a|b", "abc|abd|x", "(a)(b)", "a*", "a+?", "a?", "(a|b)*c+",
		"a{0}", "a{1}", "a{5}", "a{5,}", "a{0,5}", "(ab?c{2,4}){3,9}", "((a{10}){10}){10}", `\bword\b`, "(?m)^x$", "()", "(|a)+", "(|a)*", "(a*)*", "(a|b|c|d|ef|[g-h]|.){2,3}", "(a{0,3}){2,}", "x{900}",
	} {
		parsed, err := syntax.Parse(pattern, syntax.Perl)
		require.NoError(t, err)
		program, err := syntax.Compile(parsed.Simplify())
		require.NoError(t, err)
		again, err := syntax.Parse(pattern, syntax.Perl)
		require.NoError(t, err)
		// Two instructions belong to the frame: fail and match.
		require.LessOrEqual(t, len(program.Inst), programSize(again)+2, pattern)
	}
}
