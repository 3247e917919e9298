package mail

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// headerLine makes text fit for a header of at most limit characters.
func headerLine(text string, limit int) string { return cut(oneLine(text), limit) }

// oneLine joins all lines of text, without control characters, without the
// marks that turn text around, and without the start of an encoded word (RFC
// 2047), which would be decoded into whatever its author liked.
func oneLine(text string) string {
	text = strings.ToValidUTF8(text, " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || turnsText(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	return strings.ReplaceAll(text, "=?", "= ?")
}

// turnsText reports whether r is an embedding, override or isolate of the
// bidirectional algorithm (Unicode Standard Annex 9): with them a name can be
// made to look like another. The directional marks only place punctuation, and
// text from right to left needs them.
func turnsText(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// cut shortens text to at most limit characters and shows that it did.
func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:limit-1]), " ") + "…"
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// bodyLines splits text at every kind of line break, without the empty lines
// around it. Control characters other than tab are dropped, and so are the
// marks that turn text around. There is always at least one line.
func bodyLines(text string) []string {
	text = lineBreaks.Replace(strings.ToValidUTF8(text, string(utf8.RuneError)))
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || turnsText(r) {
			return -1
		}
		return r
	}, text)
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return trimEmpty(lines)
}

// trimEmpty removes the empty lines at both ends, all but one.
func trimEmpty(lines []string) []string {
	full := func(line string) bool { return line != "" }
	first := slices.IndexFunc(lines, full)
	if first < 0 {
		return lines[:1]
	}
	lines = lines[first:]
	for lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
