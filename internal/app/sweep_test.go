package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/app"
	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestUploadsThatNoLeadNamesAreSweptAfterADay(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	direct, err := store.Open(url, store.Options{MaxConnections: 2})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, direct.Close()) })
	db, err := direct.Cached(url, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	const old = 450 // more than one statement removes
	uploads := make([]models.Upload, old+1)
	for i := range uploads {
		uploads[i].ID, uploads[i].CreatedAt = fmt.Sprintf("file_%d", i), time.Now().Add(-25*time.Hour)
		uploads[i].Content = []byte("x")
	}
	uploads[old].CreatedAt = time.Now().Add(-23 * time.Hour)
	require.NoError(t, db.SaveFiles(t.Context(), uploads))

	ctx, stop := context.WithCancel(t.Context())
	ticks := make(chan time.Time)
	var sweeping sync.WaitGroup
	sweeping.Go(func() { app.SweepFiles(ctx, db, ticks, slog.New(slog.DiscardHandler)) })
	for range 2 { // who takes the second tick is done with the first
		ticks <- time.Now()
	}
	stop()
	sweeping.Wait()
	for i, upload := range uploads {
		_, err := db.File(t.Context(), upload.ID)
		if i == old {
			require.NoError(t, err, "it may still be named")
		} else {
			require.Equal(t, models.CodeNotFound, models.CodeOf(err), "%s", upload.ID)
		}
	}
}
