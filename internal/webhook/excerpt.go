package webhook

import (
	"strings"
	"unicode/utf8"
)

// maxExcerpt is how much of an answer's body is kept, in bytes.
const maxExcerpt = 4 << 10

// excerpt returns the start of body as text that Postgres can store: valid
// UTF-8, each run of broken bytes replaced by U+FFFD, without NUL, cut between
// two characters.
func excerpt(body []byte) string {
	text := string(body[:min(len(body), maxExcerpt)])
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.ReplaceAll(text, "\x00", "")
	if len(text) <= maxExcerpt {
		return text
	}
	cut := maxExcerpt
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
