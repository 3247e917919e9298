package rules

import (
	"fmt"
	"slices"
	"time"
)

// State is a member's place in the round robin of a team. The zero State is
// that of a member who has had no turn yet.
type State struct {
	// Current is the credit of the smooth weighted round robin: what the
	// member is owed, in weights. A negative one is ahead of its share.
	Current int `json:"current"`
	// Day is the day of Count in the member's time zone, "2006-01-02".
	Day string `json:"day"`
	// Count is how many leads the member was given that day.
	Count int `json:"count"`
}

// Assign picks the member whose turn it is by smooth weighted round robin:
// each turn gives every eligible member their weight as credit, the one with
// the most (the first of them in the list) gets the lead and pays the weights
// of all. While the same members are eligible, every cycle of that many leads
// is shared out exactly by weight, and evenly spread within it.
//
// Eligible is who is not away, within working hours and below capacity at now.
// The others keep their credit and neither lose nor gain by the pause.
//
// It returns the states after this turn, of these members only; states itself
// is not changed. Where nobody is eligible, email is "" and no credit moves.
// Reasons, never empty, say who was passed over and why, then the outcome. An
// address counts once, at its first place, and a member without one not at
// all.
func Assign(members []Member, states map[string]State, now time.Time) (email string, next map[string]State, reasons []string) {
	next = map[string]State{}
	total := 0
	var chosen candidate
	for _, member := range members {
		if _, seen := next[member.Email]; seen || member.Email == "" {
			continue
		}
		one := candidate{member: member, state: states[member.Email]}
		if obstacle := one.admit(now); obstacle != "" {
			reasons = append(reasons, obstacle)
		} else {
			total += member.weight()
			if chosen.state.Current < one.state.Current || chosen.member.Email == "" {
				chosen = one
			}
		}
		next[member.Email] = one.state
	}
	if chosen.member.Email == "" {
		return "", next, append(reasons, nobody(members))
	}
	chosen.state.Current -= total
	chosen.state.Count++
	next[chosen.member.Email] = chosen.state
	return chosen.member.Email, next, append(reasons, fmt.Sprintf("%s is next in the round robin", chosen.member.Email))
}

func nobody(members []Member) string {
	if len(members) == 0 {
		return "the team has no members"
	}
	return "no member of the team is available"
}

// candidate is a member with the state of the turn under way.
type candidate struct {
	member Member
	state  State
}

// admit gives an eligible member the credit of this turn and starts the count
// of a new day; it says why a member is not eligible.
func (c *candidate) admit(now time.Time) (obstacle string) {
	m := c.member
	if m.Away {
		return m.Email + " is away"
	}
	zone, err := m.location()
	if err != nil {
		return m.Email + " has an unknown time zone"
	}
	local := now.In(zone)
	if len(m.Hours) > 0 && !slices.ContainsFunc(m.Hours, func(h Hours) bool { return h.cover(local) }) {
		return m.Email + " is outside working hours"
	}
	state := c.state
	if today := local.Format(time.DateOnly); state.Day != today {
		state.Day, state.Count = today, 0
	}
	if m.Capacity > 0 && state.Count >= m.Capacity {
		return fmt.Sprintf("%s has reached the day's capacity of %d", m.Email, m.Capacity)
	}
	state.Current += m.weight()
	c.state = state
	return ""
}
