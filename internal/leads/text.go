package leads

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unicodeText reports whether every text in a JSON document is Unicode: bytes
// in UTF-8, and no escape of half a character. Go's decoder mends both in
// silence, but what is kept as it came would be refused by Postgres.
func unicodeText(document []byte) bool {
	if !utf8.Valid(document) {
		return false
	}
	for {
		_, escape, found := bytes.Cut(document, []byte(`\`))
		if !found {
			return true
		}
		unit, escaped := codeUnit(escape)
		if !escaped {
			document = escape[1:] // a document that decodes ends with no backslash
			continue
		}
		document = escape[unitLength:]
		if !utf16.IsSurrogate(unit) {
			continue
		}
		rest, _ := bytes.CutPrefix(document, []byte(`\`))
		low, _ := codeUnit(rest)
		if len(rest) == len(document) || utf16.DecodeRune(unit, low) == utf8.RuneError {
			return false
		}
		document = rest[unitLength:]
	}
}

// unitLength is the length of a code unit's escape behind the backslash.
const unitLength = len("u0000")

// codeUnit reads an escape's code unit, if it is the escape of one.
func codeUnit(escape []byte) (unit rune, found bool) {
	if len(escape) < unitLength || escape[0] != 'u' {
		return 0, false
	}
	value, err := strconv.ParseUint(string(escape[1:unitLength]), 16, 16)
	return rune(value), err == nil
}
