package rules

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // time zones are the same on machines that have none

	"leadrail/models"
)

// oneLead is the unit of a member's credit: so fine that shares which do not
// come out even still add up over any number of cycles, and so small that
// MaxWeight times it fits an int64.
const oneLead = 1_000_000_000_000_000

// Assign picks the member whose turn it is by smooth weighted round robin:
// each turn splits one lead by weight into credit for the eligible members,
// and the one with the most (the first of them in the list) gets the lead and
// pays for it. While the same members are eligible, every cycle of as many
// leads as their weights add up to is shared out exactly by weight, and evenly
// spread within it.
//
// Eligible is who is not away, within working hours and below capacity at now.
// The others keep their credit and neither lose nor gain by the pause. Credit
// counts in leads, not in weights, so that it means the same when weights or
// members change.
//
// It returns the members in their order as they stand after this turn; members
// itself is not changed. Where nobody is eligible, email is "" and no credit
// moves. Reasons, never empty, say who was passed over and why, then the
// outcome.
func Assign(members []models.Member, now time.Time) (email string, next []models.Member, reasons []string) {
	next = slices.Clone(members)
	var eligible []*models.Member
	var total int64
	for i := range next {
		if obstacle := admit(&next[i], now); obstacle != "" {
			reasons = append(reasons, obstacle)
			continue
		}
		eligible = append(eligible, &next[i])
		total += weightOf(next[i])
	}
	if len(eligible) == 0 {
		return "", next, append(reasons, nobody(members))
	}
	var chosen *models.Member
	var given int64
	for _, member := range eligible {
		share := weightOf(*member) * oneLead / total
		member.Credit += share
		given += share
		if chosen == nil || member.Credit > chosen.Credit {
			chosen = member
		}
	}
	chosen.Credit -= given
	chosen.Taken++
	return chosen.Email, next, append(reasons, chosen.Email+" is next in the round robin")
}

func nobody(members []models.Member) string {
	if len(members) == 0 {
		return "the team has no members"
	}
	return "no member of the team is available"
}

// admit starts the count of a new day for an eligible member; it says why a
// member is not eligible, and leaves that one as it is.
func admit(member *models.Member, now time.Time) (obstacle string) {
	if member.Away {
		return member.Email + " is away"
	}
	zone, err := location(member.TimeZone)
	if err != nil {
		return member.Email + " has an unknown time zone"
	}
	local := now.In(zone)
	if !works(member.Hours, local) {
		return member.Email + " is outside working hours"
	}
	today := local.Format(time.DateOnly)
	if member.Capacity > 0 && member.Day == today && member.Taken >= member.Capacity {
		return fmt.Sprintf("%s has reached the day's capacity of %d", member.Email, member.Capacity)
	}
	if member.Day != today {
		member.Day, member.Taken = today, 0
	}
	return ""
}

// weightOf is the member's share, within its bounds.
func weightOf(member models.Member) int64 { return int64(max(1, min(MaxWeight, member.Weight))) }

// location finds a time zone. "Local" is none: it would differ from machine to
// machine.
func location(name string) (*time.Location, error) {
	if name == "Local" {
		return nil, fmt.Errorf("unknown time zone %s", name)
	}
	return time.LoadLocation(name)
}
