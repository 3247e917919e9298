package app_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/app"
	"leadrail/internal/leads"
	"leadrail/models"
)

// stand is a replay of four leads of which so many have begun anew, succeeded and
// failed again.
func stand(status models.ReplayStatus, replayed, succeeded, failed int) leads.BulkReplay {
	return leads.BulkReplay{
		ReplayID: "rpl_1", Status: status, Matched: 4, Replayed: replayed, Succeeded: succeeded, FailedAgain: failed,
	}
}

// failedStand is a replay whose workflow is lost.
func failedStand() leads.BulkReplay {
	replay, reason := stand(models.ReplayFailed, 2, 1, 1), "workflow_lost"
	replay.FailureReason = &reason
	return replay
}

// standing tells how a replay stands, at each look the next, the last for ever.
func standing(stands ...leads.BulkReplay) func(context.Context, leads.ReplayRef) (leads.BulkReplay, error) {
	look := -1
	return func(context.Context, leads.ReplayRef) (leads.BulkReplay, error) {
		look = min(look+1, len(stands)-1)
		return stands[look], nil
	}
}

func TestAReplayIsFollowedToTheEndOfItsLastLead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		last leads.BulkReplay
		err  string
		want string
	}{
		"all succeeded":   {stand(models.ReplayCompleted, 4, 4, 0), "", "4 replayed, 4 succeeded, 0 failed again"},
		"one by others":   {stand(models.ReplayCompleted, 3, 3, 0), "", "3 replayed, 3 succeeded, 0 failed again"},
		"one again":       {stand(models.ReplayCompleted, 4, 3, 1), "not all were delivered", "4 replayed, 3 succeeded, 1 failed again"},
		"it is cancelled": {stand(models.ReplayCancelled, 2, 2, 0), "the replay was cancelled", "2 replayed, 2 succeeded, 0 failed again"},
		"it has failed":   {failedStand(), "ended before it had taken all leads: workflow_lost", "2 replayed, 1 succeeded, 1 failed again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				began := time.Now()
				read := standing(stand(models.ReplayRunning, 1, 0, 0), stand(models.ReplayCompleted, 4, 3, 0), c.last)
				err := app.FollowReplay(t.Context(), read, false, &out)
				require.Equal(t, time.Second, time.Since(began), "its leads are waited for after it has taken them all")
				require.Equal(t, "running: 4 matched, 1 replayed, 0 succeeded, 0 failed again\n"+c.want+"\n", out.String())
				if c.err == "" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, c.err)
				}
			})
		})
	}
}

func TestALineIsWrittenEveryFewSecondsAndABarAtEachLook(t *testing.T) {
	t.Parallel()
	for terminal, want := range map[bool]int{true: 24, false: 3} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 11*time.Second+100*time.Millisecond)
			defer cancel()
			var out bytes.Buffer
			require.Error(t, app.FollowReplay(ctx, standing(stand(models.ReplayPaused, 2, 1, 0)), terminal, &out))
			require.Equal(t, want, strings.Count(out.String(), "matched")+strings.Count(out.String(), "\x1b[K\n"))
		})
	}
	var out bytes.Buffer
	require.NoError(t, app.FollowReplay(t.Context(), standing(stand(models.ReplayCompleted, 2, 2, 0)), true, &out))
	require.Equal(t, "\r[###############               ] completed: 4 matched, 2 replayed, 2 succeeded, 0 failed again\x1b[K\n"+
		"2 replayed, 2 succeeded, 0 failed again\n", out.String())
}

func TestWhoStopsWaitingIsToldHowToSteerTheReplay(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	err := app.FollowReplay(ctx, func(ctx context.Context, _ leads.ReplayRef) (leads.BulkReplay, error) {
		cancel()
		return leads.BulkReplay{}, ctx.Err()
	}, false, &out)
	require.EqualError(t, err, "interrupted, and the replay goes on\nlook at it: GET /v1/replays/rpl_1\n"+
		"halt it: POST /v1/replays/rpl_1/pause\nend it: POST /v1/replays/rpl_1/cancel")
	require.Empty(t, out.String())
}

func TestADatabaseThatIsAwayDoesNotEndTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		looks, end := 0, standing(stand(models.ReplayCompleted, 4, 4, 0))
		err := app.FollowReplay(t.Context(), func(ctx context.Context, ref leads.ReplayRef) (leads.BulkReplay, error) {
			if looks++; looks < 9 {
				return leads.BulkReplay{}, models.Errorf(models.CodeUnavailable, "The database is away.")
			}
			return end(ctx, ref)
		}, false, &bytes.Buffer{})
		require.NoError(t, err)
		require.Equal(t, 9, looks)
	})
	broken := errors.New("no such table")
	require.ErrorIs(t, app.FollowReplay(t.Context(), func(context.Context, leads.ReplayRef) (leads.BulkReplay, error) {
		return leads.BulkReplay{}, broken
	}, false, &bytes.Buffer{}), broken)
}
