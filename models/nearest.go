package models

import (
	"strings"
	"unicode/utf8"
)

// Bounds of a suggestion: how many typing mistakes it bridges, and how long a
// name is, in characters, that one is looked for.
const (
	maxMistakes = 2
	maxMisspelt = 64
)

// Nearest returns the known name that was probably meant by one that is not
// known: at most two characters were inserted, deleted or replaced, and not all
// of them. Of several equally near ones it is the first. Upper and lower case are
// the same.
func Nearest(name string, known []string) (string, bool) {
	if utf8.RuneCountInString(name) > maxMisspelt {
		return "", false
	}
	written := []rune(strings.ToLower(name))
	best, least := "", maxMistakes+1
	for _, candidate := range known {
		meant := []rune(strings.ToLower(candidate))
		if d := distance(written, meant); d < least && d < len(meant) {
			best, least = candidate, d
		}
	}
	return best, least <= maxMistakes
}

// distance is the Levenshtein distance: the least number of characters to
// insert, delete or replace.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, left := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, right := range b {
			replaced := diagonal
			if left != right {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
