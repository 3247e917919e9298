package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

func TestOpenReplaysAreThoseThatHaveNotEnded(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i, status := range []models.ReplayStatus{
		models.ReplayPaused, models.ReplayRunning, models.ReplayCancelled, models.ReplayCompleted, models.ReplayFailed,
	} {
		replay := aReplay()
		replay.ID, replay.Status, replay.CreatedAt = "rpl_"+string(status), status, minute(20-i)
		_, err := s.CreateReplay(t.Context(), replay, store.SubmissionFilter{})
		require.NoError(t, err)
	}
	ids, err := s.OpenReplays(t.Context(), minute(21))
	require.NoError(t, err)
	require.Equal(t, []string{"rpl_running", "rpl_paused"}, ids, "oldest first")
	ids, err = s.OpenReplays(t.Context(), minute(20))
	require.NoError(t, err)
	require.Equal(t, []string{"rpl_running"}, ids, "made before")
}

func TestAReplayFailsOnce(t *testing.T) {
	t.Parallel()
	for from, fails := range map[models.ReplayStatus]bool{
		models.ReplayRunning: true, models.ReplayPaused: true,
		models.ReplayCancelled: false, models.ReplayCompleted: false, models.ReplayFailed: false,
	} {
		t.Run(string(from), func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			before := aReplay()
			before.Status = from
			_, err := s.CreateReplay(t.Context(), before, store.SubmissionFilter{})
			require.NoError(t, err)
			failed, err := s.FailReplay(t.Context(), "rpl_1", "workflow_lost", minute(40))
			require.NoError(t, err)
			require.Equal(t, fails, failed)
			stored, err := s.Replay(t.Context(), "rpl_1")
			require.NoError(t, err)
			if !fails {
				require.Equal(t, from, stored.Status)
				require.Empty(t, stored.FailureReason)
				return
			}
			require.Equal(t, models.ReplayFailed, stored.Status)
			require.Equal(t, "workflow_lost", stored.FailureReason)
			require.WithinDuration(t, minute(40), *stored.EndedAt, time.Microsecond)
			_, err = s.MoveReplay(t.Context(), "rpl_1", models.ReplayRunning, minute(41))
			requireCode(t, models.CodeConflict, err)
		})
	}
}
