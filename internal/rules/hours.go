package rules

import (
	"slices"
	"time"

	"leadrail/models"
)

const minutesPerDay = 24 * 60

// weekdays are the names of the days, in the order of time.Weekday.
func weekdays() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// minuteOf reads "HH:MM" as minutes since midnight, at most 24:00.
func minuteOf(text string) (int, bool) {
	if len(text) != len("HH:MM") || text[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
	}
	hour, minute := int(text[0]-'0')*10+int(text[1]-'0'), int(text[3]-'0')*10+int(text[4]-'0')
	total := hour*60 + minute
	return total, minute < 60 && total <= minutesPerDay
}

// works reports whether a local time is within working hours; no ranges mean
// always.
func works(ranges []models.Hours, local time.Time) bool {
	return len(ranges) == 0 || slices.ContainsFunc(ranges, func(hours models.Hours) bool { return covers(hours, local) })
}

// covers reports whether a range includes a local time. A malformed range
// includes none.
func covers(hours models.Hours, local time.Time) bool {
	from, fromOK := minuteOf(hours.From)
	to, toOK := minuteOf(hours.To)
	if !fromOK || !toOK || from == to {
		return false
	}
	now, today := local.Hour()*60+local.Minute(), local.Weekday()
	if from < to {
		return on(hours.Days, today) && from <= now && now < to
	}
	yesterday := (today + 6) % 7
	return on(hours.Days, today) && now >= from || on(hours.Days, yesterday) && now < to
}

func on(days []string, day time.Weekday) bool {
	return len(days) == 0 || slices.Contains(days, weekdays()[day])
}
