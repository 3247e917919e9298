package models

import (
	"bytes"
	"regexp"
	"slices"
	"unicode/utf8"
)

// surrogates finds, from left to right, escaped backslashes, pairs of
// surrogates and surrogates without their other half.
var surrogates = regexp.MustCompile(`\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u[dD][89a-fA-F]..`)

// IsUnicode reports whether all texts of a JSON value, as it is written, are:
// Go's decoder mends what is not in silence, but Postgres refuses it (RFC 8259
// section 8.2).
func IsUnicode(written []byte) bool {
	if !bytes.Contains(written, []byte(`\u`)) {
		return utf8.Valid(written)
	}
	alone := func(match []byte) bool { return len(match) == len(`\ud800`) }
	return utf8.Valid(written) && !slices.ContainsFunc(surrogates.FindAll(written, -1), alone)
}
