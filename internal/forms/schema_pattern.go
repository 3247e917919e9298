package forms

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"
)

// portable writes an RE2 expression in the syntax that RE2 and ECMA-262, with the
// flag u, read alike. That is all of RE2 but for the begin and the end of a line,
// "(?m)^" and "(?m)$", for which it reports false.
func portable(expression string) (string, bool) {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return "", false
	}
	w := &patternWriter{}
	w.write(parsed)
	return w.String(), !w.lines
}

// patternWriter writes a parsed expression.
type patternWriter struct {
	strings.Builder

	// lines tells that there was a begin or an end of a line.
	lines bool
}

func (w *patternWriter) write(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			w.literal(r, re.Flags&syntax.FoldCase != 0)
		}
	case syntax.OpCharClass:
		w.WriteString(class(re.Rune))
	case syntax.OpCapture:
		w.group(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		w.repeat(re)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if sub.Op == syntax.OpAlternate {
				w.group(sub)
			} else {
				w.write(sub)
			}
		}
	case syntax.OpAlternate:
		for i, sub := range re.Sub {
			if i > 0 {
				w.WriteByte('|')
			}
			w.write(sub)
		}
	case syntax.OpBeginLine, syntax.OpEndLine:
		w.lines = true
	default:
		w.WriteString(plainParts()[re.Op])
	}
}

// plainParts are the expressions without parts of their own.
func plainParts() map[syntax.Op]string {
	return map[syntax.Op]string{
		syntax.OpNoMatch:        `[^\s\S]`,
		syntax.OpEmptyMatch:     `(?:)`,
		syntax.OpAnyCharNotNL:   `[^\n]`,
		syntax.OpAnyChar:        `[\s\S]`,
		syntax.OpBeginText:      `^`,
		syntax.OpEndText:        `$`,
		syntax.OpWordBoundary:   `\b`,
		syntax.OpNoWordBoundary: `\B`,
	}
}

func (w *patternWriter) group(re *syntax.Regexp) {
	w.WriteString("(?:")
	w.write(re)
	w.WriteByte(')')
}

// repeat forgets which way is tried first, for that changes no answer.
func (w *patternWriter) repeat(re *syntax.Regexp) {
	switch sub := re.Sub[0]; {
	case sub.Op == syntax.OpLiteral && len(sub.Rune) == 1, sub.Op == syntax.OpCharClass,
		sub.Op == syntax.OpAnyChar, sub.Op == syntax.OpAnyCharNotNL, sub.Op == syntax.OpCapture:
		w.write(sub)
	default:
		w.group(sub)
	}
	switch {
	case re.Op == syntax.OpStar:
		w.WriteByte('*')
	case re.Op == syntax.OpPlus:
		w.WriteByte('+')
	case re.Op == syntax.OpQuest:
		w.WriteByte('?')
	case re.Max < 0:
		fmt.Fprintf(w, "{%d,}", re.Min)
	case re.Max == re.Min:
		fmt.Fprintf(w, "{%d}", re.Min)
	default:
		fmt.Fprintf(w, "{%d,%d}", re.Min, re.Max)
	}
}

func (w *patternWriter) literal(r rune, fold bool) {
	alike := []rune{r, r}
	if fold {
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			alike = append(alike, other, other)
		}
	}
	if len(alike) > 2 {
		w.WriteString(class(alike))
		return
	}
	w.WriteString(escaped(r, `^$\.*+?()[]{}|/`))
}

// containing matches texts that have a part, upper and lower case alike as
// strings.ToLower has it.
func containing(part string) string {
	capitals := capitalsOf(part)
	w := &patternWriter{}
	for _, r := range strings.ToLower(part) {
		alike := capitals[r]
		if len(alike) == 0 {
			w.literal(r, false)
			continue
		}
		if unicode.ToLower(r) == r {
			alike = append(alike, r, r)
		}
		w.WriteString(class(alike))
	}
	return w.String()
}

// capitalsOf lists, as ranges of one, the characters whose lower case is one of the
// text's and is not themselves.
func capitalsOf(text string) map[rune][]rune {
	wanted := map[rune][]rune{}
	for _, r := range strings.ToLower(text) {
		wanted[r] = nil
	}
	for _, cases := range unicode.CaseRanges {
		for r := rune(cases.Lo); r <= rune(cases.Hi); r++ {
			lower := unicode.ToLower(r)
			if _, asked := wanted[lower]; asked && lower != r {
				wanted[lower] = append(wanted[lower], r, r)
			}
		}
	}
	return wanted
}
