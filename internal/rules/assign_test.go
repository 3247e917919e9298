package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

// monday is when assignments here happen: 12:00 in UTC.
func monday() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// turns assigns n leads at one moment, and says who got them, in order.
func turns(members []models.Member, n int, at time.Time) (order []string, next []models.Member) {
	for range n {
		var email string
		email, members, _ = rules.Assign(members, at)
		order = append(order, email)
	}
	return order, members
}

// counted says how many leads each member got.
func counted(order []string) map[string]int {
	counts := map[string]int{}
	for _, email := range order {
		counts[email]++
	}
	return counts
}

func weights() []models.Member {
	return []models.Member{
		{Email: "a", Weight: 5}, {Email: "away", Weight: 7, Away: true}, {Email: "b", Weight: 3}, {Email: "c", Weight: 2},
	}
}

func TestSharesAreExact(t *testing.T) {
	t.Parallel()
	order, _ := turns(weights(), 10_000, monday())
	require.Equal(t, map[string]int{"a": 5000, "b": 3000, "c": 2000}, counted(order))
	for cycle := range 1000 {
		require.Equal(t, map[string]int{"a": 5, "b": 3, "c": 2}, counted(order[cycle*10:][:10]))
	}
}

func TestSharesThatDoNotComeOutEvenAreExactToo(t *testing.T) {
	t.Parallel()
	members := []models.Member{{Email: "a", Weight: 997}, {Email: "b", Weight: 613}, {Email: "c"}, {Email: "d", Weight: 3}}
	const cycle = 997 + 613 + 1 + 3
	for range 20 {
		var order []string
		order, members = turns(members, cycle, monday())
		require.Equal(t, map[string]int{"a": 997, "b": 613, "c": 1, "d": 3}, counted(order))
	}
}

func TestTurnsAreEvenlySpread(t *testing.T) {
	t.Parallel()
	for want, members := range map[string][]models.Member{
		"abcaabacba": weights(),
		"aabacaa":    {{Email: "a", Weight: 5}, {Email: "b", Weight: 1}, {Email: "c", Weight: 1}},
		"abcabc":     {{Email: "a"}, {Email: "b"}, {Email: "c"}},
		"bbb":        {{Email: "a", Away: true}, {Email: "b", Weight: 1000}},
	} {
		order, _ := turns(members, len(want), monday())
		require.Equal(t, want, strings.Join(order, ""))
	}
}

func TestWeightsHaveBounds(t *testing.T) {
	t.Parallel()
	order, _ := turns([]models.Member{{Email: "a", Weight: -9}, {Email: "b", Weight: 0}, {Email: "c", Weight: 1}}, 30, monday())
	require.Equal(t, map[string]int{"a": 10, "b": 10, "c": 10}, counted(order))
	order, _ = turns([]models.Member{{Email: "a", Weight: 1 << 62}, {Email: "b", Weight: 1 << 62}}, 30, monday())
	require.Equal(t, map[string]int{"a": 15, "b": 15}, counted(order))
}

func TestReasonsNameWhoWasPassedOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		members []models.Member
		email   string
		reasons []string
	}{
		"nobody there": {nil, "", []string{"the team has no members"}},
		"nobody free": {
			[]models.Member{{Email: "a", Away: true}, {Email: "b", TimeZone: "Mars/Base"}},
			"",
			[]string{"a is away", "b has an unknown time zone", "no member of the team is available"},
		},
		"one of four": {[]models.Member{
			{Email: "a", Away: true},
			{Email: "b", Hours: []models.Hours{{From: "13:00", To: "17:00"}}},
			{Email: "c", Capacity: 2, Day: "2026-11-23", Taken: 2},
			{Email: "d"},
		}, "d", []string{"a is away", "b is outside working hours", "c has reached the day's capacity of 2", "d is next in the round robin"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			email, _, reasons := rules.Assign(c.members, monday())
			require.Equal(t, c.email, email)
			require.Equal(t, c.reasons, reasons)
		})
	}
}

func TestATurnChangesACopy(t *testing.T) {
	t.Parallel()
	members := weights()
	_, next, _ := rules.Assign(members, monday())
	require.Empty(t, cmp.Diff(weights(), members))
	require.Equal(t, 1, next[0].Taken)
	require.Equal(t, "2026-11-23", next[0].Day)
	require.Equal(t, members[1], next[1], "who takes no part stays as it was")
	require.Zero(t, next[0].Credit+next[1].Credit+next[2].Credit+next[3].Credit)

	away := []models.Member{{Email: "a", Away: true, Credit: 7}}
	email, next, _ := rules.Assign(away, monday())
	require.Empty(t, email)
	require.Equal(t, away, next)
}
