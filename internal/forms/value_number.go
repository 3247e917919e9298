package forms

import (
	"encoding/json"
	"math"
	"strconv"

	"leadrail/models"
)

func checkNumber(field models.Field, value any) *problem {
	number, ok := toNumber(value)
	if !ok {
		return broken("type", "", "%s is a number.", label(field))
	}
	if low := field.Validation.Min; low != nil && number < low.Value {
		return broken("min", low.Message, "%s is at least %s.", label(field), plain(low.Value))
	}
	if high := field.Validation.Max; high != nil && number > high.Value {
		return broken("max", high.Message, "%s is at most %s.", label(field), plain(high.Value))
	}
	return nil
}

// toNumber takes what a JSON decoder makes of a number, with or without
// UseNumber, unless it is too large.
func toNumber(value any) (float64, bool) {
	switch number := value.(type) {
	case json.Number:
		parsed, err := number.Float64()
		return parsed, err == nil
	case float64:
		return number, !math.IsNaN(number) && !math.IsInf(number, 0)
	}
	return 0, false
}

// plain writes a bound as a person would: no exponent, no trailing zeros.
func plain(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }
