package rules

import (
	"cmp"
	"encoding/json"
	"math"
	"regexp"
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
	return leftOK && rightOK && left == right
}

// order compares two numbers or two moments. It reports false for anything
// else: other values have no order.
func order(a, b any) (int, bool) {
	if left, ok := toNumber(a); ok {
		right, ok := toNumber(b)
		return cmp.Compare(left, right), ok
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

// toOperands takes the list of in and notIn: scalars, at least one.
func toOperands(value any) ([]any, bool) {
	list, ok := toList(value)
	odd := func(one any) bool { return !scalar(one) }
	return list, ok && len(list) > 0 && !slices.ContainsFunc(list, odd)
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

// toNumber takes what a JSON decoder makes of a number, with or without
// UseNumber, and the integers of a program.
func toNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case json.Number:
		parsed, err := strconv.ParseFloat(string(v), 64)
		return parsed, err == nil && finite(parsed)
	case float64:
		return v, finite(v)
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// moment is a date, or a date and a time with or without seconds, a fraction
// and a zone; time.Parse alone would take more than ISO 8601 has.
var moment = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?)?$`)

// toMoment reads a moment in ISO 8601.
func toMoment(value any) (time.Time, bool) {
	text, ok := value.(string)
	if !ok {
		return time.Time{}, false
	}
	return Moment(text)
}

// Moment reads a date, or a date and a time, as conditions compare them: in ISO
// 8601, with seconds, their fraction and the offset as one likes. Without an
// offset the time is taken for UTC.
func Moment(text string) (time.Time, bool) {
	if !moment.MatchString(text) {
		return time.Time{}, false
	}
	for _, layout := range []string{
		time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04Z07:00",
	} {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed, true
		}
	}
	return time.Time{}, false
}
