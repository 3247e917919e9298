package rules

import "time"

// ToMoment is how dates and times are read.
func ToMoment(value any) (time.Time, bool) { return toMoment(value) }
