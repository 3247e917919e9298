package rules

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"leadrail/models"
)

// Bounds of a team.
const (
	// MaxMembers is how many members a team may have.
	MaxMembers = 200
	// MaxWeight is the largest weight of a member.
	MaxWeight = 1000
	// MaxCapacity is the largest capacity of a member, in leads per day.
	MaxCapacity = 100_000
	// MaxHours is how many ranges of working hours a member may have.
	MaxHours = 50
	// maxAddress is the longest e-mail address, in bytes (RFC 3696 erratum 1690).
	maxAddress = 254
)

// Member is a person who takes leads.
type Member struct {
	// Email identifies the member within the team.
	Email string `json:"email"`
	// Weight is the member's share relative to the others; 0 counts as 1.
	Weight int `json:"weight"`
	// Capacity is how many leads the member takes per day of the member's time
	// zone; 0 sets no limit.
	Capacity int `json:"capacity"`
	// Hours are the working hours, in the member's time zone. None means
	// always.
	Hours []Hours `json:"hours"`
	// TimeZone is an IANA name, "Europe/Berlin"; "" means UTC.
	TimeZone string `json:"timeZone"`
	// Away members take no leads.
	Away bool `json:"away"`
}

// weight is the member's share, within its bounds.
func (m Member) weight() int { return max(1, min(MaxWeight, m.Weight)) }

// location finds the member's time zone. "Local" is none: it would differ from
// machine to machine.
func (m Member) location() (*time.Location, error) {
	if m.TimeZone == "Local" {
		return nil, fmt.Errorf("unknown time zone %s", m.TimeZone)
	}
	return time.LoadLocation(m.TimeZone)
}

// CheckMembers returns every problem of the members that stand at path. An
// address, upper and lower case alike, occurs once.
func CheckMembers(path string, members []Member) []models.FieldError {
	c := &checker{}
	if len(members) > MaxMembers {
		c.addf(path, "max_items", "At most %d members.", MaxMembers)
		return c.problems
	}
	seen := map[string]bool{}
	for i, member := range members {
		at := index(path, i)
		c.problems = append(c.problems, CheckMember(at, member)...)
		address := strings.ToLower(member.Email)
		if address != "" && seen[address] {
			c.addf(join(at, "email"), "duplicate", "Another member has this address.")
		}
		seen[address] = true
	}
	return c.problems
}

// CheckMember returns every problem of a member that stands at path.
func CheckMember(path string, member Member) []models.FieldError {
	c := &checker{}
	c.address(join(path, "email"), member.Email)
	if member.Weight < 0 || member.Weight > MaxWeight {
		c.addf(join(path, "weight"), "range", "A weight is between 0 and %d.", MaxWeight)
	}
	if member.Capacity < 0 || member.Capacity > MaxCapacity {
		c.addf(join(path, "capacity"), "range", "A capacity is between 0 (no limit) and %d leads per day.", MaxCapacity)
	}
	if _, err := member.location(); err != nil {
		c.addf(join(path, "timeZone"), "invalid", "A time zone has an IANA name such as Europe/Berlin.")
	}
	if len(member.Hours) > MaxHours {
		c.addf(join(path, "hours"), "max_items", "At most %d ranges.", MaxHours)
		return c.problems
	}
	for i, hours := range member.Hours {
		c.hours(index(join(path, "hours"), i), hours)
	}
	return c.problems
}

func (c *checker) address(path, address string) {
	if address == "" {
		c.addf(path, "required", "Give the member's e-mail address.")
		return
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > maxAddress {
		c.addf(path, "email", "This is not an e-mail address such as ada@example.com.")
	}
}

func (c *checker) hours(path string, hours Hours) {
	for i, day := range hours.Days {
		if !slices.Contains(weekdays(), day) {
			c.addf(index(join(path, "days"), i), "option", "A day is one of %s.", strings.Join(weekdays(), ", "))
		}
	}
	from, fromOK := minuteOf(hours.From)
	to, toOK := minuteOf(hours.To)
	if !fromOK || from == minutesPerDay {
		c.addf(join(path, "from"), "invalid", "A time of day is written 09:00, from 00:00 to 23:59.")
	}
	if !toOK {
		c.addf(join(path, "to"), "invalid", "A time of day is written 17:30, from 00:00 to 24:00.")
	}
	if fromOK && toOK && from == to {
		c.addf(join(path, "to"), "range", "The range is empty; the whole day is 00:00 to 24:00.")
	}
}
