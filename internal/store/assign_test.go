package store_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// assigned assigns one lead at the start.
func assigned(t *testing.T, s *store.Store, teamID string) models.Assignment {
	t.Helper()
	assignment, err := s.Assign(t.Context(), teamID, start)
	require.NoError(t, err)
	return assignment
}

// TestConcurrentAssignmentsAreExact: ten thousand leads, sixteen at once, for
// members with the weights 5, 3 and 2 and one who is away.
func TestConcurrentAssignmentsAreExact(t *testing.T) {
	t.Parallel()
	const leads, atOnce = 10_000, 16
	s, err := store.Open(pgtest.New(t), store.Options{MaxConnections: atOnce})
	require.NoError(t, err)
	defer s.Close()
	team := aTeam("team_1", "Sales", 5, 3, 2, 9)
	team.Members[3].Away = true
	createTeam(t, s, team)

	shares := make([]map[string]int, atOnce)
	failures := make([]error, atOnce)
	var all sync.WaitGroup
	for worker := range atOnce {
		shares[worker] = map[string]int{}
		all.Go(func() {
			for range leads / atOnce {
				assignment, err := s.Assign(t.Context(), "team_1", start)
				failures[worker] = errors.Join(failures[worker], err)
				shares[worker][assignment.Assignee]++
			}
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(failures...))

	total := map[string]int{}
	for _, own := range shares {
		for assignee, n := range own {
			total[assignee] += n
		}
	}
	require.Equal(t, map[string]int{"a@example.com": 5000, "b@example.com": 3000, "c@example.com": 2000}, total)
	stored, err := s.Team(t.Context(), "team_1")
	require.NoError(t, err)
	for _, member := range stored.Members {
		require.Equal(t, total[member.Email], member.Taken)
		require.Zero(t, member.Credit)
	}
}

func TestALeadOfATeamThatIsGoneStaysUnassigned(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	createTeam(t, s, aTeam("team_1", "Sales", 1))
	require.NoError(t, s.DeleteTeam(t.Context(), "team_1"))
	require.Equal(t, models.Assignment{Reasons: []string{"the team was deleted meanwhile"}}, assigned(t, s, "team_1"))
}

func TestALeadOfATeamWithNobodyFreeHasATeam(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	team := aTeam("team_1", "Sales", 1)
	team.Members[0].Away = true
	createTeam(t, s, team)
	createTeam(t, s, aTeam("team_2", "Support"))
	require.Equal(t, models.Assignment{
		TeamID: "team_1", Team: "Sales", Reasons: []string{"a@example.com is away", "no member of the team is available"},
	}, assigned(t, s, "team_1"))
	require.Equal(t, models.Assignment{
		TeamID: "team_2", Team: "Support", Reasons: []string{"the team has no members"},
	}, assigned(t, s, "team_2"))
}

func TestARollbackTakesTheTurnBack(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	createTeam(t, s, aTeam("team_1", "Sales", 1, 1))
	broken := errors.New("the lead could not be stored")
	require.ErrorIs(t, s.AssignThen("team_1", start, func() error { return broken }), broken)
	requireTeam(t, s, aTeam("team_1", "Sales", 1, 1))
	require.Equal(t, "a@example.com", assigned(t, s, "team_1").Assignee)
	require.Equal(t, "b@example.com", assigned(t, s, "team_1").Assignee)
}

// routed is a lead that the rules sent to a team.
func routed(id, teamID string) models.Submission {
	lead := aLead(id)
	lead.Assign(models.Assignment{TeamID: teamID, Reasons: []string{`rule "all" matched`}, At: start})
	return lead
}

func TestALeadIsAssignedOnceHoweverOftenItIsStored(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	createTeam(t, s, aTeam("team_1", "Sales", 1, 1, 1))
	stored := make([]models.Submission, 8)
	failures := make([]error, len(stored))
	var all sync.WaitGroup
	for i := range stored {
		all.Go(func() { stored[i], failures[i] = s.Persist(t.Context(), routed("sub_1", "team_1"), nil) })
	}
	all.Wait()
	require.NoError(t, errors.Join(failures...))
	for _, lead := range stored {
		require.Equal(t, "a@example.com", lead.Assignee)
		require.Equal(t, []string{`rule "all" matched`, "a@example.com is next in the round robin"}, lead.Assignment.Reasons)
	}
	require.Equal(t, "b@example.com", storeLead(t, s, routed("sub_2", "team_1")).Assignee)
}

func TestALeadIsStoredThoughItsTeamIsGone(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	storeLead(t, s, routed("sub_1", "team_gone"))
	lead := read(t, s, "sub_1")
	require.Empty(t, lead.Team)
	require.Empty(t, lead.Assignee)
	require.Equal(t, &models.Assignment{
		Reasons: []string{`rule "all" matched`, "the team was deleted meanwhile"}, At: start,
	}, lead.Assignment)
}
