package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// Bounds of matches. RE2 takes time proportional to the text times the size of
// the compiled pattern; together they keep one match well below a second.
const (
	// MaxPattern is the longest pattern, in characters.
	MaxPattern = 512
	// MaxMatchText is the longest text that is searched, in bytes. A longer one
	// does not match.
	MaxMatchText = 16 << 10
	// maxProgram is the most instructions that a pattern may compile to, for
	// repetitions make large programs of short patterns.
	maxProgram = 2048
)

// compile makes an RE2 pattern of its source, or says for its author what is
// wrong with it. Nothing is cached: compiling an ordinary pattern takes
// microseconds, and a cache would be state.
func compile(pattern string) (*regexp.Regexp, error) {
	if utf8.RuneCountInString(pattern) > MaxPattern {
		return nil, fmt.Errorf("a pattern has at most %d characters", MaxPattern)
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if programSize(parsed) > maxProgram {
		return nil, errors.New("its repetitions make it too large")
	}
	return regexp.Compile(pattern)
}

// CheckPattern says for its author what is wrong with a pattern: that it is none
// of RE2, or too large.
func CheckPattern(pattern string) error {
	_, err := compile(pattern)
	return err
}

// programSize is at least the number of instructions that a pattern compiles
// to. Compiling it to find out would cost what the bound is there to save.
func programSize(re *syntax.Regexp) int {
	size := 1
	for _, sub := range re.Sub {
		size += programSize(sub)
	}
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpAlternate:
		return size + len(re.Sub)
	case syntax.OpStar, syntax.OpCapture:
		return size + 1
	case syntax.OpRepeat:
		return size * max(re.Min, re.Max, 1)
	default:
		return size
	}
}
