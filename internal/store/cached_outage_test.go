package store_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestAnOutageIsOutlivedAndCaughtUpWith(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	proxied, through := newProxy(t, url)
	s, other := open(t, through), open(t, url)
	require.NoError(t, other.CreateForm(t.Context(), aForm("crm")))
	c := startCached(t, s, through)
	require.Equal(t, "contact", nameOf(t, c))
	_, err := c.FormVersion(t.Context(), "form_1", 1)
	require.NoError(t, err)
	_, err = c.Routing(t.Context())
	require.NoError(t, err)

	proxied.cut()
	require.Eventually(t, func() bool { return !c.Hears() }, patience, lookEvery, "the cut is noticed")
	require.NoError(t, other.ReplaceForm(t.Context(), renamed("renamed")))
	require.Equal(t, "contact", nameOf(t, c))
	_, err = c.FormVersion(t.Context(), "form_1", 1)
	require.NoError(t, err)
	_, err = c.Routing(t.Context())
	require.NoError(t, err)
	_, err = c.Form(t.Context(), "form_2")
	requireCode(t, models.CodeUnavailable, err)

	proxied.restore()
	require.Eventually(t, c.Hears, patience, lookEvery)
	require.Equal(t, "renamed", nameOf(t, c), "what was missed")
	require.NoError(t, other.CreateForm(t.Context(), anotherForm()))
	_, err = c.Form(t.Context(), "form_2")
	require.NoError(t, err)
}

// anotherForm is a form without actions.
func anotherForm() store.FormRecord {
	record := aForm()
	record.Form.ID, record.Form.Name, record.Version.FormID = "form_2", "newsletter", "form_2"
	return record
}

func TestASilentServerIsNoticed(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	proxied, through := newProxy(t, url)
	c, err := open(t, url).Cached(through, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	c.BelieveSilence(50 * time.Millisecond)
	run(t, c)
	require.Eventually(t, c.Hears, patience, lookEvery)
	proxied.silent.Store(true)
	require.Eventually(t, func() bool { return !c.Hears() }, patience, lookEvery)
	proxied.silent.Store(false)
	require.Eventually(t, c.Hears, patience, lookEvery)
}

// TestRunLeavesNothing runs alone, so that all that is left is its own.
func TestRunLeavesNothing(t *testing.T) {
	url := pgtest.New(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := store.Open(url, store.Options{MaxConnections: 2})
	require.NoError(t, err)
	defer s.Close()
	c, err := s.Cached(url, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { c.Run(ctx) })
	require.Eventually(t, c.Hears, patience, lookEvery)
	_, err = c.Routing(t.Context())
	require.NoError(t, err)
	stop()
	running.Wait()
	require.False(t, c.Hears())
}
