package api_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/internal/auth"
	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// oneLead is a database with a lead that nothing happens to.
type oneLead struct {
	leads.Store

	mu  sync.Mutex
	err error
}

func (*oneLead) Submission(_ context.Context, id string) (models.Submission, error) {
	return models.Submission{ID: id, Status: models.StatusPending}, nil
}

func (o *oneLead) Progress(_ context.Context, ids []string) (map[string]store.Progress, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return map[string]store.Progress{ids[0]: {SubmissionID: ids[0], Status: models.StatusPending}}, o.err
}

func (o *oneLead) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

// api serves the lead to the holders of keys.
func (o *oneLead) api(keys auth.Lookup) http.Handler {
	return api.NewHandler(api.Dependencies{
		Auth:  auth.NewAuthenticator(adminKey, keys, auth.NewUses(nil, slog.New(slog.DiscardHandler)), time.Now),
		Leads: &leads.Service{Store: o, Followers: &leads.Followers{Store: o}},
		Log:   slog.New(slog.DiscardHandler),
	})
}

// follow follows the lead until ctx ends or the stream does, and returns what came.
func (o *oneLead) follow(ctx context.Context) string { return o.followAs(ctx, adminKey, nil) }

func (o *oneLead) followAs(ctx context.Context, key string, keys auth.Lookup) string {
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/submissions/sub_1/events", http.NoBody)
	request.Header.Set("Authorization", "Bearer "+key)
	answer := httptest.NewRecorder()
	o.api(keys).ServeHTTP(answer, request)
	return answer.Body.String()
}

func TestAQuietStreamBeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone, leave := context.WithTimeout(t.Context(), 46*time.Second)
		defer leave()
		sent := (&oneLead{}).follow(gone)
		require.Equal(t, 1, strings.Count(sent, "event: progress\n"))
		require.Equal(t, 3, strings.Count(sent, ": nothing new\n\n"))
		synctest.Wait()
	})
}

func TestAStreamSaysThatTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var database oneLead
		time.AfterFunc(20*time.Second, func() { database.fail(models.Errorf(models.CodeUnavailable, "It does not answer.")) })
		time.AfterFunc(40*time.Second, func() { database.fail(nil) })
		gone, leave := context.WithTimeout(t.Context(), 46*time.Second)
		defer leave()
		sent := database.follow(gone)
		require.Equal(t, 1, strings.Count(sent, "event:"), "and makes nothing up")
		require.Equal(t, 1, strings.Count(sent, ": the database does not answer, the lead may be further\n\n"))
		require.Equal(t, 2, strings.Count(sent, ": nothing new\n\n"))
	})
}

func TestNoStreamLastsForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		(&oneLead{}).follow(t.Context())
		require.Equal(t, time.Hour, time.Since(began))
	})
}

// oneKey is a database with a key.
type oneKey struct {
	mu  sync.Mutex
	key models.Key
	err error
}

func (k *oneKey) KeyByHash(context.Context, string) (models.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.key, k.err
}

// becomes lets something happen to the key.
func (k *oneKey) becomes(change func(k *oneKey)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(k)
}

func TestAStreamEndsWithItsKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end   func(k *oneKey)
		lasts time.Duration
	}{
		"in force": {func(*oneKey) {}, time.Hour},
		"revoked":  {func(k *oneKey) { k.key.RevokedAt = new(time.Now()) }, 30 * time.Second},
		"expired":  {func(k *oneKey) { k.key.ExpiresAt = new(time.Now()) }, 30 * time.Second},
		"unknown while the database is away": {
			func(k *oneKey) { k.err = models.Errorf(models.CodeUnavailable, "It does not answer.") }, time.Hour,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				keys := &oneKey{key: models.Key{ID: "key_1", Kind: models.KeySecret, Scopes: []models.Scope{models.ScopeRead}}}
				time.AfterFunc(20*time.Second, func() { keys.becomes(c.end) })
				began := time.Now()
				sent := (&oneLead{}).followAs(t.Context(), auth.NewKey(), keys)
				require.Equal(t, c.lasts, time.Since(began))
				require.NotContains(t, sent, "event: end", "the lead goes on")
			})
		})
	}
}
