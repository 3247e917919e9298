package rules

import (
	"cmp"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"
)

// present reports whether value is one: neither null nor empty.
func present(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case []string:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

// scalar reports whether value is a non-empty text, a number or a boolean.
func scalar(value any) bool {
	switch v := value.(type) {
	case string:
		return v != ""
	case bool:
		return true
	}
	_, ok := toNumber(value)
	return ok
}

// equal compares two scalars. Values of different types, and all that are not
// scalars, are unequal.
func equal(a, b any) bool {
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && a == b
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	}
	left, leftOK := toNumber(a)
	right, rightOK := toNumber(b)
	return leftOK && rightOK && left.compare(right) == 0
}

// order compares two numbers or two moments. It reports false for anything
// else: other values have no order.
func order(a, b any) (int, bool) {
	if left, ok := toNumber(a); ok {
		right, ok := toNumber(b)
		return left.compare(right), ok
	}
	left, leftOK := toMoment(a)
	right, rightOK := toMoment(b)
	return left.Compare(right), leftOK && rightOK
}

// toList takes a list as a JSON decoder makes it, or as a program writes it.
func toList(value any) ([]any, bool) {
	switch v := value.(type) {
	case []any:
		return v, true
	case []string:
		list := make([]any, len(v))
		for i, text := range v {
			list[i] = text
		}
		return list, true
	}
	return nil, false
}

// among reports whether value, or one of its elements when it is a list
// itself, equals an element of list.
func among(value any, list []any) bool {
	if own, ok := toList(value); ok {
		return slices.ContainsFunc(own, func(one any) bool { return equalsOne(one, list) })
	}
	return equalsOne(value, list)
}

func equalsOne(value any, list []any) bool {
	return slices.ContainsFunc(list, func(one any) bool { return equal(value, one) })
}

// number is a finite number, with its decimal spelling where nothing was lost.
type number struct {
	float float64
	text  string
}

// maxExactDigits is the longest spelling that is compared exactly. Without a
// bound, a stranger's million digits would be worked through.
const maxExactDigits = 64

// toNumber takes what a JSON decoder makes of a number, with or without
// UseNumber, and the integers of a program.
func toNumber(value any) (number, bool) {
	switch v := value.(type) {
	case json.Number:
		float, err := strconv.ParseFloat(string(v), 64)
		n := number{float: float}
		if len(v) <= maxExactDigits {
			n.text = string(v)
		}
		return n, err == nil && finite(float)
	case float64:
		return number{float: v}, finite(v)
	case int:
		return number{float: float64(v), text: strconv.Itoa(v)}, true
	case int64:
		return number{float: float64(v), text: strconv.FormatInt(v, 10)}, true
	}
	return number{}, false
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// compare is exact where both spellings are known. Rounding keeps the order,
// so only numbers that round to the same float64 need the second look; a
// float64 other than 0 also bounds the exponent that it costs.
func (n number) compare(other number) int {
	rough := cmp.Compare(n.float, other.float)
	if rough != 0 || n.float == 0 || n.text == "" || other.text == "" {
		return rough
	}
	left, leftOK := new(big.Rat).SetString(n.text)
	right, rightOK := new(big.Rat).SetString(other.text)
	if !leftOK || !rightOK {
		return rough
	}
	return left.Cmp(right)
}

// toMoment reads an ISO 8601 date, or a time with or without seconds, a
// fraction and a zone.
func toMoment(value any) (time.Time, bool) {
	text, ok := value.(string)
	if !ok || len(text) < len(time.DateOnly) || len(text) > len(time.RFC3339Nano) {
		return time.Time{}, false
	}
	for _, layout := range []string{
		time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04Z07:00",
	} {
		if moment, err := time.Parse(layout, text); err == nil {
			return moment, true
		}
	}
	return time.Time{}, false
}
