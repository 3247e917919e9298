package store_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// to routes everything to a team.
func to(team string) models.Routing {
	return models.Routing{
		Rules:        []models.RoutingRule{{Name: "all", When: models.Condition{Field: "x", Op: models.OpExists, Value: false}, Team: team}},
		FallbackTeam: team, UpdatedAt: start,
	}
}

func TestNothingIsRoutedUntilSomebodySaysSo(t *testing.T) {
	t.Parallel()
	routing, err := newStore(t).Routing(t.Context())
	require.NoError(t, err)
	require.Empty(t, routing.Rules)
	require.Empty(t, routing.FallbackTeam)
}

func TestRoutingIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	createTeam(t, s, aTeam("team_1", "Sales"))
	for _, routing := range []models.Routing{to("team_1"), {Rules: []models.RoutingRule{}, UpdatedAt: minute(1)}} {
		require.NoError(t, s.SaveRouting(t.Context(), routing))
		stored, err := s.Routing(t.Context())
		require.NoError(t, err)
		routing.ID = 1
		require.Empty(t, cmp.Diff(routing, stored))
	}
}

func TestATeamThatRoutingNamesStays(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	createTeam(t, s, aTeam("team_1", "Sales", 1))
	for _, routing := range []models.Routing{{Rules: to("team_1").Rules}, {FallbackTeam: "team_1", Rules: []models.RoutingRule{}}} {
		require.NoError(t, s.SaveRouting(t.Context(), routing))
		require.Equal(t, &models.Error{
			Code: models.CodeConflict, Reason: "team_in_use",
			Message: "The routing sends leads to this team: change the routing first.",
		}, s.DeleteTeam(t.Context(), "team_1"))
		requireTeam(t, s, aTeam("team_1", "Sales", 1))
	}
	require.NoError(t, s.SaveRouting(t.Context(), models.Routing{Rules: []models.RoutingRule{}}))
	require.NoError(t, s.DeleteTeam(t.Context(), "team_1"))
	_, err := s.Team(t.Context(), "team_1")
	requireCode(t, models.CodeNotFound, err)
	requireCode(t, models.CodeConflict, s.SaveRouting(t.Context(), to("team_1")))
}

func TestRoutingNeverNamesATeamThatIsGone(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 20 {
		team := createTeam(t, s, aTeam(numbered("team", i), numbered("Sales", i)))
		var saved, deleted error
		var both sync.WaitGroup
		both.Go(func() { saved = s.SaveRouting(t.Context(), to(team.ID)) })
		both.Go(func() { deleted = s.DeleteTeam(t.Context(), team.ID) })
		both.Wait()
		if saved == nil {
			requireCode(t, models.CodeConflict, deleted)
		} else {
			requireCode(t, models.CodeConflict, saved)
			require.NoError(t, deleted)
		}
	}
}
