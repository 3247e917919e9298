package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// waiting is a lead for the intake.
func waiting(id string) models.Intake {
	return models.Intake{
		ID: id, FormID: "form_1", FormVersion: 3, FormName: "contact", AgentID: "agent_1", Digest: "digest of " + id,
		Lead: models.Sealed("sealed"), AcceptedAt: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
	}
}

// startAll is a relay whose starts succeed.
func startAll(batch []models.Intake) store.Relayed {
	var relayed store.Relayed
	for _, lead := range batch {
		relayed.Started = append(relayed.Started, lead.ID)
	}
	return relayed
}

func TestIntakeKeepsALeadOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	saved, err := s.SaveIntake(t.Context(), waiting("sub_1"))
	require.NoError(t, err)
	require.True(t, saved)
	other := waiting("sub_1")
	other.Digest = "another"
	saved, err = s.SaveIntake(t.Context(), other)
	require.NoError(t, err)
	require.False(t, saved)

	kept, err := s.Intake(t.Context(), "sub_1")
	require.NoError(t, err)
	require.Equal(t, models.Sealed("sealed"), kept.Lead)
	require.Equal(t, "agent_1", kept.AgentID)
	first, err := s.Acceptance(t.Context(), "sub_1")
	require.NoError(t, err)
	require.Equal(t, models.Acceptance{Digest: "digest of sub_1", FormVersion: 3}, first)
	_, err = s.Acceptance(t.Context(), "sub_none")
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.Intake(t.Context(), "sub_none")
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
}

func TestRelayTakesTheOldestFirstAndForgetsWhatWasStarted(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for n := range 5 {
		_, err := s.SaveIntake(t.Context(), waiting(fmt.Sprintf("sub_%d", 9-n))) // ids say nothing about order
		require.NoError(t, err)
	}
	var order []string
	for _, want := range []int{2, 2, 1, 0} {
		taken, err := s.RelayIntake(t.Context(), 2, func(batch []models.Intake) store.Relayed {
			for _, lead := range batch {
				order = append(order, lead.ID)
			}
			return startAll(batch)
		})
		require.NoError(t, err)
		require.Equal(t, want, taken)
	}
	require.Equal(t, []string{"sub_9", "sub_8", "sub_7", "sub_6", "sub_5"}, order)
}

func TestRelayKeepsWhatCouldNotBeStarted(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, id := range []string{"sub_1", "sub_2", "sub_3"} {
		_, err := s.SaveIntake(t.Context(), waiting(id))
		require.NoError(t, err)
	}
	taken, err := s.RelayIntake(t.Context(), 10, func([]models.Intake) store.Relayed {
		return store.Relayed{Started: []string{"sub_2"}, Conflicts: map[string]string{"sub_3": "taken"}}
	})
	require.NoError(t, err)
	require.Equal(t, 3, taken)

	depth, err := s.IntakeDepth(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, depth.Waiting)
	require.Equal(t, 1, depth.Conflicts)
	require.True(t, depth.Oldest.Equal(waiting("").AcceptedAt))
	kept, err := s.Intake(t.Context(), "sub_3")
	require.NoError(t, err)
	require.Equal(t, "taken", kept.Conflict, "a lead is never thrown away")
	taken, err = s.RelayIntake(t.Context(), 10, startAll)
	require.NoError(t, err)
	require.Equal(t, 1, taken, "a conflict is not tried again")
}

// Two relays would start leads in another order than that of acceptance.
func TestOneRelayAtATime(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	taken, err := s.RelayIntake(t.Context(), 1, startAll)
	require.NoError(t, err)
	require.Zero(t, taken)
	for n := range 3 {
		_, err := s.SaveIntake(t.Context(), waiting(fmt.Sprintf("sub_%d", n)))
		require.NoError(t, err)
	}
	taken, err = s.RelayIntake(t.Context(), 1, func(batch []models.Intake) store.Relayed {
		_, err := s.RelayIntake(t.Context(), 1, func([]models.Intake) store.Relayed {
			t.Error("a second relay was given leads")
			return store.Relayed{}
		})
		require.ErrorIs(t, err, store.ErrRelayed)
		return startAll(batch)
	})
	require.NoError(t, err)
	require.Equal(t, 1, taken)
	taken, err = s.RelayIntake(t.Context(), 2, startAll)
	require.NoError(t, err)
	require.Equal(t, 2, taken, "the next may begin when the last has ended")
}

// A process that is stopped, and not dead, must not keep the others from the
// intake for good: Postgres ends the transaction of a relay that says nothing.
func TestARelayThatFreezesLosesTheIntake(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	_, err := s.SaveIntake(t.Context(), waiting("sub_1"))
	require.NoError(t, err)
	_, err = s.RelayIntake(t.Context(), 1, func(batch []models.Intake) store.Relayed {
		require.Eventually(t, func() bool {
			taken, err := s.RelayIntake(t.Context(), 1, startAll)
			return err == nil && taken == 1
		}, time.Minute, 100*time.Millisecond)
		return startAll(batch)
	})
	require.Error(t, err, "it learns that it was too slow")
	taken, err := s.RelayIntake(t.Context(), 1, startAll)
	require.NoError(t, err)
	require.Zero(t, taken)
}

func TestStoredCountsSubmissions(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	storeLead(t, s, aLead("sub_1"))
	storeLead(t, s, aLead("sub_2"))
	stored, err := s.Stored(t.Context(), []string{"sub_1", "sub_none"})
	require.NoError(t, err)
	require.Equal(t, 1, stored)
}

func TestTheInstallationHasOneSecret(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	first, err := s.InstallationSecret(t.Context())
	require.NoError(t, err)
	require.Len(t, first, 64)
	second, err := s.InstallationSecret(t.Context())
	require.NoError(t, err)
	require.Equal(t, first, second)
	other, err := newStore(t).InstallationSecret(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, other)
}
