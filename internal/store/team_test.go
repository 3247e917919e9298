package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// aTeam has members a, b, … with these weights.
func aTeam(id, name string, weights ...int) models.Team {
	team := models.Team{ID: id, Name: name, Emails: []string{}, CreatedAt: start, UpdatedAt: start}
	for i, weight := range weights {
		team.Members = append(team.Members, models.Member{
			Email: string(rune('a'+i)) + "@example.com", Weight: weight, Hours: []models.Hours{},
		})
	}
	return team
}

// createTeam stores a team.
func createTeam(t *testing.T, s *store.Store, team models.Team) models.Team {
	t.Helper()
	require.NoError(t, s.CreateTeam(t.Context(), team))
	return team
}

// requireTeam compares what is stored with a team as its owner writes it.
func requireTeam(t *testing.T, s *store.Store, want models.Team) {
	t.Helper()
	stored, err := s.Team(t.Context(), want.ID)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, stored, cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(models.Member{}, "TeamID", "Position", "Credit", "Day", "Taken")))
}

func TestATeamIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	team := aTeam("team_1", "Sales", 3, 1)
	team.Emails = []string{"sales@example.com"}
	team.Members[0].Capacity, team.Members[0].TimeZone, team.Members[0].Away = 5, "Europe/Berlin", true
	team.Members[0].Hours = []models.Hours{{Days: []string{"mon"}, From: "09:00", To: "17:00"}}
	createTeam(t, s, team)
	requireTeam(t, s, team)

	createTeam(t, s, aTeam("team_2", "Nobody"))
	requireTeam(t, s, aTeam("team_2", "Nobody"))
}

func TestATeamIsStoredWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	team := aTeam("team_1", "Sales", 1, 1)
	team.Members[1].Email = "\x00"
	requireCode(t, models.CodeInvalid, s.CreateTeam(t.Context(), team))
	_, err := s.Team(t.Context(), "team_1")
	requireCode(t, models.CodeNotFound, err)
}

func TestAChangedTeamKeepsTheStandingOfWhoStays(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	team := createTeam(t, s, aTeam("team_1", "Sales", 1, 1, 1))
	require.Equal(t, "a@example.com", assigned(t, s, "team_1").Assignee)

	team.Name, team.Emails, team.UpdatedAt = "Inbound", []string{"in@example.com"}, minute(5)
	team.Members = []models.Member{team.Members[2], {Email: "new@example.com", Weight: 1}, team.Members[0]}
	team.Members[0].Weight = 2
	require.NoError(t, s.ReplaceTeam(t.Context(), team))
	requireTeam(t, s, team)
	stored, err := s.Team(t.Context(), "team_1")
	require.NoError(t, err)
	require.Equal(t, []int{0, 0, 1}, []int{stored.Members[0].Taken, stored.Members[1].Taken, stored.Members[2].Taken})
	require.Positive(t, stored.Members[0].Credit)
	require.Zero(t, stored.Members[1].Credit)
	require.Negative(t, stored.Members[2].Credit)

	team.Members = nil
	require.NoError(t, s.ReplaceTeam(t.Context(), team))
	requireTeam(t, s, team)
}

func TestTeamsAreListedByName(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i, name := range []string{"Sales", "Enterprise", "Support"} {
		createTeam(t, s, aTeam(numbered("team", i), name, 1))
	}
	names := func(filter store.TeamFilter) (names []string) {
		teams, err := s.Teams(t.Context(), filter)
		require.NoError(t, err)
		for _, team := range teams {
			names = append(names, team.Name)
			require.Len(t, team.Members, 1)
		}
		return names
	}
	require.Equal(t, []string{"Enterprise", "Sales", "Support"}, names(store.TeamFilter{Limit: 3}))
	require.Equal(t, []string{"Enterprise", "Sales"}, names(store.TeamFilter{Limit: 2}))
	require.Equal(t, []string{"Support"}, names(store.TeamFilter{Limit: 2, After: "Sales"}))
	require.Empty(t, names(store.TeamFilter{Limit: 2, After: "Support"}))

	byID, err := s.TeamNames(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"team_000": "Sales", "team_001": "Enterprise", "team_002": "Support"}, byID)
}

func TestANameBelongsToOneTeam(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	createTeam(t, s, aTeam("team_1", "Sales"))
	other := createTeam(t, s, aTeam("team_2", "Support"))
	taken := &models.Error{Code: models.CodeConflict, Reason: "name_taken", Message: `Another team is called "Sales".`}
	require.Equal(t, taken, s.CreateTeam(t.Context(), aTeam("team_3", "Sales")))
	other.Name = "Sales"
	require.Equal(t, taken, s.ReplaceTeam(t.Context(), other))
}

func TestAnUnknownTeamIsNotFound(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, id := range []string{"team_none", "", "\x00"} {
		_, err := s.Team(t.Context(), id)
		requireCode(t, models.CodeNotFound, err)
		requireCode(t, models.CodeNotFound, s.ReplaceTeam(t.Context(), aTeam(id, "Sales")))
		requireCode(t, models.CodeNotFound, s.DeleteTeam(t.Context(), id))
	}
}
