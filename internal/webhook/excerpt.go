package webhook

import (
	"bytes"
	"cmp"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxExcerpt is how much of an answer's body is kept, in bytes.
	maxExcerpt = 4 << 10
	// minSecret is the length below which a header value is too common a text
	// to be blotted out.
	minSecret = 6
)

// withoutSecrets blots out the values of custom headers, each as a whole and
// word by word: an endpoint that echoes its request must not bring what is
// stored sealed into the attempt's record.
func withoutSecrets(body []byte, headers map[string]string) []byte {
	for _, secret := range secretsOf(headers) {
		body = bytes.ReplaceAll(body, []byte(secret), []byte("[redacted]"))
	}
	return body
}

// secretsOf lists what is blotted out, the longest first: one may be part of
// another.
func secretsOf(headers map[string]string) []string {
	var secrets []string
	for _, value := range headers {
		for _, secret := range append([]string{value}, strings.Fields(value)...) {
			if len(secret) >= minSecret {
				secrets = append(secrets, spellings(secret)...)
			}
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return secrets
}

// spellings are how answers write a text: as it is, in HTML, and in JSON, where
// some encoders escape slashes and others what HTML is made of.
func spellings(text string) []string {
	inJSON := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
	return []string{
		text, html.EscapeString(text), inJSON,
		strings.ReplaceAll(inJSON, "/", `\/`),
		strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`).Replace(inJSON),
	}
}

// excerpt returns the start of body as text that Postgres can store and a
// terminal can show: valid UTF-8, each run of broken bytes replaced by U+FFFD,
// without control characters but for tabs and line breaks, cut between two
// characters.
func excerpt(body []byte) string {
	text := string(body[:min(len(body), maxExcerpt)])
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.Map(printable, text)
	if len(text) <= maxExcerpt {
		return text
	}
	cut := maxExcerpt
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// printable leaves out what would move a cursor or end a string.
func printable(r rune) rune {
	if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) {
		return -1
	}
	return r
}
