package forms

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// maxRanges is how many ranges a class of characters spells out before it is told by
// categories of Unicode.
const maxRanges = 20

// class writes pairs of first and last characters as a class.
func class(pairs []rune) string {
	pairs = merged(pairs)
	if len(pairs) > 0 && pairs[0] == 0 && pairs[len(pairs)-1] == unicode.MaxRune {
		if others := ranges(complement(pairs)); others != "" {
			return "[^" + others + "]"
		}
		return `[\s\S]`
	}
	if inside := ranges(pairs); inside != "" {
		return "[" + inside + "]"
	}
	return `[^\s\S]`
}

// ranges writes the inside of a class, which is empty for surrogates alone.
func ranges(pairs []rune) string {
	var out strings.Builder
	if len(pairs) > 2*maxRanges {
		for _, name := range []string{"L", "M", "N", "P", "S", "Z", "Lu", "Ll", "Lo", "Mn", "Mc", "Nd", "Nl", "No"} {
			all := tableRanges(unicode.Categories[name])
			if rest, within := without(pairs, all); within {
				pairs = rest
				fmt.Fprintf(&out, `\p{%s}`, name)
			}
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		low, high := scalarUp(pairs[i]), scalarDown(pairs[i+1])
		if low > high {
			continue
		}
		out.WriteString(escaped(low, `^\[]-`))
		if high > low+1 {
			out.WriteByte('-')
		}
		if high > low {
			out.WriteString(escaped(high, `^\[]-`))
		}
	}
	return out.String()
}

// scalarUp and scalarDown step over the surrogates, which no text has.
func scalarUp(r rune) rune {
	if r >= 0xd800 && r <= 0xdfff {
		return 0xe000
	}
	return r
}

func scalarDown(r rune) rune {
	if r >= 0xd800 && r <= 0xdfff {
		return 0xd7ff
	}
	return r
}

// escaped writes a character, one of the special ones behind a backslash.
func escaped(r rune, special string) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x20 || r >= 0x7f && r <= 0xa0:
		return fmt.Sprintf(`\x%02x`, r)
	case strings.ContainsRune(special, r):
		return `\` + string(r)
	}
	return string(r)
}

// merged sorts pairs and joins those that touch.
func merged(pairs []rune) []rune {
	sorted := make([][2]rune, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		sorted = append(sorted, [2]rune{pairs[i], pairs[i+1]})
	}
	slices.SortFunc(sorted, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	var out []rune
	for _, pair := range sorted {
		if last := len(out) - 1; last > 0 && pair[0] <= out[last]+1 {
			out[last] = max(out[last], pair[1])
		} else {
			out = append(out, pair[0], pair[1])
		}
	}
	return out
}

// complement is what merged pairs leave out.
func complement(pairs []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] > next {
			out = append(out, next, pairs[i]-1)
		}
		next = pairs[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// without takes merged pairs out of others, if they are all in there.
func without(pairs, part []rune) (rest []rune, within bool) {
	left := merged(slices.Concat(complement(pairs), part))
	if total(left) != total(complement(pairs))+total(part) {
		return nil, false // some of the part was outside
	}
	return complement(left), true
}

func total(pairs []rune) (count int) {
	for i := 0; i < len(pairs); i += 2 {
		count += int(pairs[i+1]-pairs[i]) + 1
	}
	return count
}

// tableRanges are the merged pairs of a table.
func tableRanges(table *unicode.RangeTable) []rune {
	var pairs []rune
	for _, r := range table.R16 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			pairs = append(pairs, c, c)
		}
	}
	for _, r := range table.R32 {
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			pairs = append(pairs, c, c)
		}
	}
	return merged(pairs)
}
