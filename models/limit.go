package models

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// RateLimit is how many requests a caller may make. The zero RateLimit is none.
type RateLimit struct {
	// PerSecond is how many a second in the long run.
	PerSecond float64
	// Burst is how many at once after a rest, at least 1.
	Burst int
}

// RateLimits are those of the keys: of each secret key, and of each address that
// uses a publishable one.
type RateLimits struct {
	Secret, Publishable RateLimit
}

// DefaultRateLimits are those of an installation that says nothing.
func DefaultRateLimits() RateLimits {
	return RateLimits{Secret: RateLimit{PerSecond: 200, Burst: 400}, Publishable: RateLimit{PerSecond: 5, Burst: 20}}
}

// Of returns the limit of a caller. The holder of the configuration's key has
// none.
func (l RateLimits) Of(p Principal) RateLimit {
	switch {
	case p.KeyID == AdminID:
		return RateLimit{}
	case p.Publishable():
		return l.Publishable
	default:
		return l.Secret
	}
}

// errRateLimit shows how rate limits are written.
var errRateLimit = errors.New("rate limits are written secret=200/s:400,publishable=5/s:20, where :400 is the burst, /m is a minute, and off is no limit")

// UnmarshalText reads limits as "secret=200/s:400,publishable=5/s:20": a rate a
// second or minute (/m), and how many may come at once, twice the rate of a
// second when absent. A rate without a kind is for both, a kind that is not
// named keeps its default, and "off" is no limit.
func (l *RateLimits) UnmarshalText(text []byte) error {
	*l = DefaultRateLimits()
	for entry := range strings.SplitSeq(string(text), ",") {
		kind, rate, named := strings.Cut(strings.TrimSpace(entry), "=")
		if !named {
			kind, rate = "", kind
		}
		limit, err := parseRateLimit(rate)
		if err != nil {
			return err
		}
		switch KeyKind(kind) {
		case "":
			l.Secret, l.Publishable = limit, limit
		case KeySecret:
			l.Secret = limit
		case KeyPublishable:
			l.Publishable = limit
		default:
			return errRateLimit
		}
	}
	return nil
}

func parseRateLimit(text string) (RateLimit, error) {
	if text == "off" {
		return RateLimit{}, nil
	}
	rate, burst, given := strings.Cut(text, ":")
	number, unit, _ := strings.Cut(rate, "/")
	perSecond, err := strconv.ParseFloat(number, 64)
	if unit == "m" {
		perSecond /= 60
	}
	if err != nil || (unit != "s" && unit != "m") || !(perSecond > 0 && perSecond <= maxRate) {
		return RateLimit{}, errRateLimit
	}
	limit := RateLimit{PerSecond: perSecond, Burst: int(math.Ceil(2 * perSecond))}
	if given {
		if limit.Burst, err = strconv.Atoi(burst); err != nil || limit.Burst < 1 || limit.Burst > maxRate {
			return RateLimit{}, errRateLimit
		}
	}
	return limit, nil
}

// maxRate is the highest rate a second, and the largest burst.
const maxRate = 1_000_000

// String writes limits as UnmarshalText reads them.
func (l RateLimits) String() string {
	return fmt.Sprintf("secret=%s,publishable=%s", l.Secret, l.Publishable)
}

// String implements fmt.Stringer.
func (l RateLimit) String() string {
	if l == (RateLimit{}) {
		return "off"
	}
	return fmt.Sprintf("%g/s:%d", l.PerSecond, l.Burst)
}
