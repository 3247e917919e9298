package rules

import (
	"slices"
	"time"
)

// Hours are one range of working hours, by the clock on the wall: where it is
// set forward or back, so are they. From belongs to the range, To does not. A
// range whose From is later than its To runs over midnight, and its days are
// those on which it starts: {["fri"], "22:00", "06:00"} ends on Saturday.
type Hours struct {
	// Days are "mon" to "sun"; none means every day.
	Days []string `json:"days"`
	// From is between "00:00" and "23:59", To between "00:00" and "24:00".
	From string `json:"from"`
	To   string `json:"to"`
}

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

// cover reports whether the range includes a local time. A malformed range
// includes none.
func (h Hours) cover(local time.Time) bool {
	from, fromOK := minuteOf(h.From)
	to, toOK := minuteOf(h.To)
	if !fromOK || !toOK || from == to {
		return false
	}
	now, today := local.Hour()*60+local.Minute(), local.Weekday()
	if from < to {
		return h.on(today) && from <= now && now < to
	}
	yesterday := (today + 6) % 7
	return h.on(today) && now >= from || h.on(yesterday) && now < to
}

func (h Hours) on(day time.Weekday) bool {
	return len(h.Days) == 0 || slices.Contains(h.Days, weekdays()[day])
}
