package store_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

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
func startCached(t testing.TB, s *store.Store, listenURL string) *store.Cached {
	t.Helper()
	c, err := s.Cached(listenURL, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	run(t, c)
	require.Eventually(t, c.Hears, patience, lookEvery)
	return c
}

// run hears of changes until the test ends.
func run(t testing.TB, c *store.Cached) {
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
	url := pgtest.New(t)
	proxied, listenURL := newProxy(t, url)
	s := open(t, url)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	createTeam(t, s, aTeam("team_1", "Sales"))
	c := startCached(t, s, listenURL)
	require.Equal(t, "contact", nameOf(t, c))
	require.Empty(t, fallbackOf(t, c))

	proxied.silent.Store(true) // no notification comes
	direct := c.Direct()
	require.NoError(t, direct.ReplaceForm(t.Context(), renamed("renamed")))
	require.Equal(t, "renamed", nameOf(t, c))
	require.NoError(t, direct.SaveRouting(t.Context(), toSales()))
	require.Equal(t, "team_1", fallbackOf(t, c))

	require.NoError(t, s.Close())
	_, err := direct.Form(t.Context(), "form_1")
	require.Error(t, err, "they read past the cache")
}

func TestAVersionIsReadOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	c, err := s.Cached(url, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	first, err := c.FormVersion(t.Context(), "form_1", 1)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	again, err := c.FormVersion(t.Context(), "form_1", 1)
	require.NoError(t, err, "though nobody hears of changes")
	require.Empty(t, cmp.Diff(first, again))
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

func BenchmarkForm(b *testing.B) {
	url := pgtest.New(b)
	s, err := store.Open(url, store.Options{MaxConnections: 8})
	require.NoError(b, err)
	defer s.Close()
	require.NoError(b, s.CreateForm(b.Context(), aForm("crm", "mailing")))
	c := startCached(b, s, url)

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
