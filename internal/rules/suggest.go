package rules

import "unicode/utf8"

const (
	// maxDistance is how many typing mistakes a suggestion bridges.
	maxDistance = 2
	// maxEchoed is how much of an author's own words a message repeats, in
	// characters.
	maxEchoed = 64
)

// nearest returns the name of known that is at most maxDistance changes away
// from name and fewer than its length, the first of the nearest ones; "" when
// there is none.
func nearest(name string, known []string) string {
	best, least := "", maxDistance+1
	if utf8.RuneCountInString(name) > maxEchoed {
		return ""
	}
	for _, candidate := range known {
		d := distance([]rune(name), []rune(candidate))
		if d < least && d < utf8.RuneCountInString(candidate) {
			best, least = candidate, d
		}
	}
	return best
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

// clip shortens what an author wrote for use in a message.
func clip(text string) string {
	count := 0
	for i := range text {
		if count == maxEchoed {
			return text[:i] + "…"
		}
		count++
	}
	return text
}
