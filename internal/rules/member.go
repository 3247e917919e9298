package rules

import (
	"net/mail"
	"slices"
	"strings"

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
	// MaxTeamEmails is how many addresses a team may have besides its members'.
	MaxTeamEmails = 50
	// maxAddress is the longest e-mail address, in bytes (RFC 3696 erratum 1690).
	maxAddress = 254
)

// CheckTeam returns every problem of a team's definition. Paths start at the
// top: "name", "emails[0]", "members[0].hours[1].from". Codes: required,
// duplicate, email, range, option, invalid, max_length and max_items.
func CheckTeam(team models.Team) []models.FieldError {
	c := &checker{}
	c.uniqueName("name", team.Name, map[string]bool{})
	if len(team.Emails) > MaxTeamEmails {
		c.addf("emails", "max_items", "At most %d addresses.", MaxTeamEmails)
	} else {
		seen := map[string]bool{}
		for i, email := range team.Emails {
			c.uniqueAddress(index("emails", i), email, seen)
		}
	}
	return append(c.problems, CheckMembers("members", team.Members)...)
}

// CheckMembers returns every problem of the members that stand at path. An
// address, upper and lower case alike, occurs once.
func CheckMembers(path string, members []models.Member) []models.FieldError {
	c := &checker{}
	if len(members) > MaxMembers {
		c.addf(path, "max_items", "At most %d members.", MaxMembers)
		return c.problems
	}
	seen := map[string]bool{}
	for i, member := range members {
		c.member(index(path, i), member, seen)
	}
	return c.problems
}

func (c *checker) member(path string, member models.Member, seen map[string]bool) {
	c.uniqueAddress(join(path, "email"), member.Email, seen)
	if member.Weight < 0 || member.Weight > MaxWeight {
		c.addf(join(path, "weight"), "range", "A weight is between 0 and %d.", MaxWeight)
	}
	if member.Capacity < 0 || member.Capacity > MaxCapacity {
		c.addf(join(path, "capacity"), "range", "A capacity is between 0 (no limit) and %d leads per day.", MaxCapacity)
	}
	if _, err := location(member.TimeZone); err != nil {
		c.addf(join(path, "timeZone"), "invalid", "A time zone has an IANA name such as Europe/Berlin.")
	}
	if len(member.Hours) > MaxHours {
		c.addf(join(path, "hours"), "max_items", "At most %d ranges.", MaxHours)
		return
	}
	for i, hours := range member.Hours {
		c.hours(index(join(path, "hours"), i), hours)
	}
}

// uniqueAddress checks an e-mail address and marks it as seen.
func (c *checker) uniqueAddress(path, address string, seen map[string]bool) {
	folded := strings.ToLower(address)
	parsed, err := mail.ParseAddress(address)
	switch {
	case address == "":
		c.addf(path, "required", "Give an e-mail address.")
	case err != nil || parsed.Address != address || len(address) > maxAddress:
		c.addf(path, "email", "This is not an e-mail address such as ada@example.com.")
	case seen[folded]:
		c.addf(path, "duplicate", "The address stands in the list already.")
	}
	seen[folded] = true
}

func (c *checker) hours(path string, hours models.Hours) {
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
