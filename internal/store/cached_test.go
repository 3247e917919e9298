package store_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

const (
	patience  = 20 * time.Second
	lookEvery = 5 * time.Millisecond
)

// startCached puts a cache in front of a store, which hears through another
// URL when it returns.
func startCached(t *testing.T, s *store.Store, listenURL string) *store.Cached {
	t.Helper()
	c, err := s.Cached(listenURL, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	run(t, c)
	require.Eventually(t, c.Hears, patience, lookEvery)
	return c
}

// run hears of changes until the test ends.
func run(t *testing.T, c *store.Cached) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { c.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
}

// renamed is the form at version 2 under another name.
func renamed(name string) store.FormRecord {
	record := aVersion(2, "crm")
	record.Form.Name = name
	return record
}

// nameOf reads the name of form_1 through the cache.
func nameOf(t *testing.T, c *store.Cached) string {
	t.Helper()
	record, err := c.Form(t.Context(), "form_1")
	require.NoError(t, err)
	return record.Form.Name
}

// toSales routes every lead to team_1.
func toSales() models.Routing {
	return models.Routing{Rules: []models.RoutingRule{}, FallbackTeam: "team_1", UpdatedAt: start}
}

// fallbackOf reads the fallback team through the cache.
func fallbackOf(t *testing.T, c *store.Cached) string {
	t.Helper()
	routing, err := c.Routing(t.Context())
	require.NoError(t, err)
	return routing.FallbackTeam
}

func TestCachedReadsWhatTheStoreReads(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "mailing")))
	c := startCached(t, s, url)
	for range 2 {
		record, err := c.Form(t.Context(), "form_1")
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(form(t, s, "form_1"), record))
		version, err := c.FormVersion(t.Context(), "form_1", 1)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(record.Version, version))
		routing, err := c.Routing(t.Context())
		require.NoError(t, err)
		want, err := s.Routing(t.Context())
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, routing))
	}
	_, err := c.FormVersion(t.Context(), "form_1", 2)
	requireCode(t, models.CodeNotFound, err)
}

func TestChangesOfAnotherProcessAreSeen(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	conn := connect(t, url)
	other := open(t, url)
	c := startCached(t, open(t, url), url)
	eventually := func(condition func() bool) { t.Helper(); require.Eventually(t, condition, patience, lookEvery) }
	current := func() store.FormRecord {
		record, err := c.Form(t.Context(), "form_1")
		require.NoError(t, err)
		return record
	}

	_, err := c.Form(t.Context(), "form_1")
	requireCode(t, models.CodeNotFound, err)
	require.NoError(t, other.CreateForm(t.Context(), aForm("crm")))
	require.Equal(t, "contact", current().Form.Name, "a new form is there at once")

	require.NoError(t, other.ReplaceForm(t.Context(), renamed("renamed")))
	eventually(func() bool { return current().Form.Name == "renamed" })
	require.NoError(t, other.DisableDestination(t.Context(), "act_crm", "gone", start))
	eventually(func() bool { return !current().Destinations[0].Enabled })
	_, err = conn.Exec(t.Context(), "DELETE FROM destinations")
	require.NoError(t, err)
	eventually(func() bool { return len(current().Destinations) == 0 })

	createTeam(t, other, aTeam("team_1", "Sales"))
	require.Empty(t, fallbackOf(t, c))
	require.NoError(t, other.SaveRouting(t.Context(), toSales()))
	eventually(func() bool { return fallbackOf(t, c) == "team_1" })

	_, err = conn.Exec(t.Context(), "DELETE FROM forms")
	require.NoError(t, err)
	eventually(func() bool { _, err := c.Form(t.Context(), "form_1"); return models.CodeOf(err) == models.CodeNotFound })
}

func TestOwnChangesCountWhenTheyReturn(t *testing.T) {
	t.Parallel()
	proxied, url := newProxy(t, pgtest.New(t))
	s := open(t, url)
	c := startCached(t, s, url)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	require.Equal(t, "contact", nameOf(t, c))
	createTeam(t, s, aTeam("team_1", "Sales"))
	require.Empty(t, fallbackOf(t, c))

	direct := c.Direct()
	require.NoError(t, direct.ReplaceForm(t.Context(), renamed("renamed")))
	require.Equal(t, "renamed", nameOf(t, c))
	require.NoError(t, direct.SaveRouting(t.Context(), toSales()))
	require.Equal(t, "team_1", fallbackOf(t, c))

	proxied.cut()
	_, err := direct.Form(t.Context(), "form_1")
	require.Error(t, err, "they read past the cache")
}

func TestWhatIsHeardOfNeedsNoDatabase(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, other := open(t, url), open(t, url)
	require.NoError(t, other.CreateForm(t.Context(), aForm("crm")))
	c := startCached(t, s, url)
	require.Equal(t, "contact", nameOf(t, c))
	require.NoError(t, s.Close())
	require.Equal(t, "contact", nameOf(t, c))
	require.NoError(t, other.CreateForm(t.Context(), anotherForm()))
	require.Equal(t, "contact", nameOf(t, c), "a change of another form")
	require.NoError(t, other.ReplaceForm(t.Context(), renamed("renamed")))
	require.Eventually(t, func() bool {
		_, err := c.Form(t.Context(), "form_1")
		return err != nil
	}, patience, lookEvery, "what has changed does")
}

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

func BenchmarkForm(b *testing.B) {
	url := pgtest.New(b)
	s, err := store.Open(url, store.Options{MaxConnections: 8})
	require.NoError(b, err)
	defer s.Close()
	require.NoError(b, s.CreateForm(b.Context(), aForm("crm", "mailing")))
	c, err := s.Cached(url, slog.New(slog.DiscardHandler))
	require.NoError(b, err)
	var running sync.WaitGroup
	ctx, stop := context.WithCancel(b.Context())
	running.Go(func() { c.Run(ctx) })
	defer running.Wait()
	defer stop()
	require.Eventually(b, c.Hears, patience, lookEvery)

	for name, read := range map[string]func(context.Context, string) (store.FormRecord, error){"cached": c.Form, "uncached": s.Form} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := read(b.Context(), "form_1"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
