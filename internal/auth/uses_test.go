package auth_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
	"leadrail/models"
)

func TestUsesAreWrittenDownBehindTheRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		uses := auth.NewUses(s, slog.New(slog.DiscardHandler))
		a := auth.NewAuthenticator("lr_admin", s, uses, time.Now)
		header := "Bearer " + s.put(models.Key{ID: "key_1"})
		use := func() time.Time {
			t.Helper()
			_, err := a.Authenticate(t.Context(), header)
			require.NoError(t, err)
			return time.Now()
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { uses.Run(ctx) })

		use()
		<-time.After(time.Second)
		last := use()
		require.Nil(t, s.noted(), "not while a request waits")
		<-time.After(time.Minute)
		synctest.Wait()
		require.Equal(t, map[string]time.Time{"key_1": last}, s.noted(), "once, the last time")

		<-time.After(time.Hour)
		synctest.Wait()
		require.Nil(t, s.noted(), "nothing was used")

		last = use()
		stop()
		running.Wait()
		require.Equal(t, map[string]time.Time{"key_1": last}, s.noted(), "what is left when it stops")
	})
}
