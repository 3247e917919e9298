package rules_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestAPauseNeitherLosesNorGains(t *testing.T) {
	t.Parallel()
	members := []models.Member{{Email: "a"}, {Email: "b"}, {Email: "c"}}
	order, members := turns(members, 1, monday())
	require.Equal(t, []string{"a"}, order)

	members[2].Away = true
	credit := members[2].Credit
	order, members = turns(members, 100, monday())
	require.Equal(t, map[string]int{"a": 50, "b": 50}, counted(order))
	require.Equal(t, credit, members[2].Credit)

	members[2].Away = false
	order, _ = turns(members, 30, monday())
	require.Equal(t, []string{"b", "c", "a"}, order[:3], "the round goes on where it stood")
	require.InDelta(t, 10, counted(order)["c"], 1, "and is not paid for the time away")
}

func TestNobodyPaysForALeadInHundreds(t *testing.T) {
	t.Parallel()
	var members []models.Member
	for i := range rules.MaxMembers {
		members = append(members, models.Member{Email: fmt.Sprint(i), Weight: rules.MaxWeight})
	}
	order, members := turns(members, 1, monday())
	require.Equal(t, []string{"0"}, order)
	for i := 2; i < len(members); i++ {
		members[i].Away = true
	}
	order, _ = turns(members, 10, monday())
	require.InDelta(t, 5, counted(order)["0"], 1, "all but two went home after the first one's turn")
}

func TestACutOfWeightsStartsNoStreak(t *testing.T) {
	t.Parallel()
	members := []models.Member{{Email: "a", Weight: 1000}, {Email: "b", Weight: 1000}}
	_, members = turns(members, 1, monday())
	members[0].Weight, members[1].Weight = 1, 1
	order, _ := turns(members, 4, monday())
	require.Equal(t, []string{"b", "a", "b", "a"}, order)
}

func TestANewMemberStartsEven(t *testing.T) {
	t.Parallel()
	_, members := turns([]models.Member{{Email: "a"}, {Email: "b"}}, 1000, monday())
	order, _ := turns(append(members, models.Member{Email: "c"}), 30, monday())
	require.Equal(t, map[string]int{"a": 10, "b": 10, "c": 10}, counted(order))
}

func TestCapacityIsPerDayOfTheMember(t *testing.T) {
	t.Parallel()
	members := []models.Member{
		{Email: "tokyo", TimeZone: "Asia/Tokyo", Capacity: 2},
		{Email: "york", TimeZone: "America/New_York", Capacity: 2},
	}
	given := func(at string) map[string]int {
		moment, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		var order []string
		order, members = turns(members, 6, moment)
		return counted(order)
	}
	require.Equal(t, map[string]int{"tokyo": 2, "york": 2, "": 2}, given("2026-11-23T12:00:00Z"))
	require.Equal(t, map[string]int{"": 6}, given("2026-11-23T14:59:59Z"), "the last second in Tokyo")
	require.Equal(t, map[string]int{"tokyo": 2, "": 4}, given("2026-11-23T15:00:00Z"), "midnight in Tokyo")
	require.Equal(t, map[string]int{"": 6}, given("2026-11-24T04:59:59Z"))
	require.Equal(t, map[string]int{"york": 2, "": 4}, given("2026-11-24T05:00:00Z"), "midnight in New York")
}

func TestWhoIsFullKeepsTheCredit(t *testing.T) {
	t.Parallel()
	members := []models.Member{{Email: "a", Capacity: 1}, {Email: "b"}}
	order, members := turns(members, 11, monday())
	require.Equal(t, map[string]int{"a": 1, "b": 10}, counted(order))
	order, _ = turns(members, 2, monday().AddDate(0, 0, 1))
	require.ElementsMatch(t, []string{"a", "b"}, order)
}
