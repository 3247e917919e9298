package activities_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRunsAreToldWhatTheirPagesReported(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	r.reported = []string{"sub_1", "sub_ended", "sub_2"}
	r.tell = func(id string) error {
		if id == "sub_ended" {
			return notFound()
		}
		return nil
	}
	result, err := r.run()
	require.NoError(t, err)
	require.Equal(t, []string{"sub_1", "sub_ended", "sub_2"}, r.signalled)
	require.Equal(t, 2, result.Told)
}

func TestNobodyElseIsToldWhileTemporalIsAway(t *testing.T) {
	t.Parallel()
	r := newRound(t, openLead("sub_9"))
	r.reported = []string{"sub_1", "sub_2"}
	r.tell = func(string) error { return unavailable() }
	_, err := r.run()
	require.ErrorContains(t, err, "Temporal is away")
	require.Equal(t, []string{"sub_1"}, r.signalled)
	require.Len(t, r.taken, 1, "leads are looked at all the same")
}

func TestARunThatCannotBeToldKeepsNoOtherFromHearing(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	r.reported = []string{"sub_1", "sub_2", "sub_3"}
	r.tell = func(id string) error {
		if id == "sub_3" {
			return nil
		}
		return errors.New("a broken run")
	}
	_, err := r.run()
	require.ErrorContains(t, err, "tell the run of sub_1: a broken run")
	require.Equal(t, []string{"sub_1", "sub_2", "sub_3"}, r.signalled)
}

// A round is over before it has told everybody, where each takes long: it has more
// to do.
func TestARoundTellsRunsForAMinute(t *testing.T) {
	t.Parallel()
	r := newRound(t)
	r.reported = []string{"sub_1", "sub_2", "sub_3", "sub_4"}
	r.now = func() time.Time { return start.Add(time.Duration(len(r.signalled)) * 25 * time.Second) }
	result, err := r.run()
	require.NoError(t, err)
	require.Equal(t, []string{"sub_1", "sub_2", "sub_3"}, r.signalled)
	require.Equal(t, 3, result.Told)
}
