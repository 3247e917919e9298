package store

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestWhatIsKeptOutlivesTheDatabase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		c := cached(s)
		requireValue(t, 1, c, "a")
		c.hearing(false)
		s.fail = errAway
		for range 5 {
			requireValue(t, 1, c, "a")
		}
		require.Equal(t, 2, s.reads, "the database is left alone for a second")
		<-time.After(quiet)
		requireValue(t, 1, c, "a")
		require.Equal(t, 3, s.reads)

		_, err := c.get(t.Context(), "never seen")
		require.ErrorIs(t, err, errAway)
		require.Equal(t, 4, s.reads, "what is not kept is asked for at any time")

		s.fail = nil
		c.hearing(true)
		requireValue(t, 5, c, "a")

		s.fail = errAway
		c.changed("a")
		requireValue(t, 5, c, "a")
		s.fail = nil
		c.changed("a") // the database is back: it said so
		requireValue(t, 7, c, "a")
	})
}

func TestADatabaseThatIsSilentCostsLittle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		c := cached(s)
		requireValue(t, 1, c, "a")
		c.changed("a")
		s.gate = make(chan struct{})
		before := time.Now()
		requireValue(t, 1, c, "a")
		require.Equal(t, 300*time.Millisecond, time.Since(before))

		before = time.Now()
		_, err := c.get(t.Context(), "never seen")
		require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
		require.Less(t, time.Since(before), 2*time.Second)
	})
}

func TestTheFirstToFindTheDatabaseAwaySparesTheOthersTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		keys, forms := cached(s), cached(s)
		keys.away = forms.away
		requireValue(t, 1, keys, "a")
		requireValue(t, 2, forms, "a")
		keys.hearing(false)
		forms.hearing(false)
		s.gate = make(chan struct{})
		before := time.Now()
		requireValue(t, 1, keys, "a")
		requireValue(t, 2, forms, "a")
		require.Equal(t, reread, time.Since(before), "one request uses both")
	})
}
