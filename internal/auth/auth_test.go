package auth_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
	"leadrail/models"
)

// now is the time of everything here.
var now = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// shelf is a database of keys, by hash.
type shelf struct {
	keys map[string]models.Key
	err  error
	// asked counts how often it was.
	asked int

	mu   sync.Mutex
	used map[string]time.Time
}

func (s *shelf) KeyByHash(_ context.Context, hash string) (models.Key, error) {
	s.asked++
	key, found := s.keys[hash]
	if s.err == nil && !found {
		return models.Key{}, models.Errorf(models.CodeNotFound, "There is no such key.")
	}
	return key, s.err
}

func (s *shelf) TouchKeys(_ context.Context, used map[string]time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = used
	return s.err
}

// noted returns the uses that were written down since the last time.
func (s *shelf) noted() map[string]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := s.used
	s.used = nil
	return used
}

// put keeps a key and returns its secret.
func (s *shelf) put(key models.Key) string {
	secret := auth.NewKey()
	if s.keys == nil {
		s.keys = map[string]models.Key{}
	}
	s.keys[auth.Hash(secret)] = key
	return secret
}

func (s *shelf) authenticator() *auth.Authenticator {
	return auth.NewAuthenticator("lr_admin", s, auth.NewUses(s, slog.New(slog.DiscardHandler)), func() time.Time { return now })
}

func TestKeysAreLongAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		key := auth.NewKey()
		require.Regexp(t, `^lr_[A-Za-z0-9_-]{43}$`, key)
		require.False(t, seen[key])
		seen[key] = true
	}
}

func TestTheAdminKeyNeedsNoDatabase(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	for header, known := range map[string]bool{
		"Bearer lr_admin":         true,
		"bearer lr_admin":         true,
		"Bearer  lr_admin ":       true,
		"":                        false,
		"lr_admin":                false,
		"Bearer":                  false,
		"Bearer ":                 false,
		"Bearer lr_Admin":         false,
		"Bearer lr_admin2":        false,
		"Basic lr_admin":          false,
		"Bearer lr_admin lr_more": false,
	} {
		caller, err := s.authenticator().Authenticate(t.Context(), header)
		if known {
			require.NoError(t, err, header)
			require.Equal(t, models.Admin(), caller)
			continue
		}
		require.Equal(t, models.CodeUnauthorized, models.CodeOf(err), header)
		require.NotContains(t, err.Error(), "admin", "a key is never repeated")
		require.Equal(t, models.Principal{}, caller)
	}
	require.Zero(t, s.asked, "what cannot be a key is not looked up")
}

func TestAStoredKeyIsItsHolder(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	secret := s.put(models.Key{
		ID: "key_1", Kind: models.KeyPublishable, Scopes: []models.Scope{models.ScopeSubmit},
		AgentIDs: []string{"agent_1"}, Origins: []string{"https://example.com"},
	})
	caller, err := s.authenticator().Authenticate(t.Context(), "Bearer "+secret)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(models.Principal{
		KeyID: "key_1", Kind: models.KeyPublishable, Scopes: []models.Scope{models.ScopeSubmit},
		AgentIDs: []string{"agent_1"}, Origins: []string{"https://example.com"},
	}, caller))
}

func TestAKeyThatWorksNoMoreIsNotToldFromAnUnknownOne(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	at := func(shift time.Duration) *time.Time { moment := now.Add(shift); return &moment }
	unknown := func(secret string) error {
		_, err := s.authenticator().Authenticate(t.Context(), "Bearer "+secret)
		return err
	}
	refused := unknown(auth.NewKey())
	require.Equal(t, models.CodeUnauthorized, models.CodeOf(refused))
	require.Equal(t, refused, unknown(s.put(models.Key{ID: "key_1", ExpiresAt: at(0)})))
	require.Equal(t, refused, unknown(s.put(models.Key{ID: "key_2", RevokedAt: at(-time.Hour)})))
	require.Equal(t, refused, unknown(s.put(models.Key{ID: "key_3", RevokedAt: at(time.Hour)})), "clocks differ")
	require.NoError(t, unknown(s.put(models.Key{ID: "key_4", ExpiresAt: at(time.Nanosecond)})))
}

func TestAKeyThatNobodyCanBeAskedAboutIsNotCalledUnknown(t *testing.T) {
	t.Parallel()
	s := &shelf{err: models.Errorf(models.CodeUnavailable, "away")}
	_, err := s.authenticator().Authenticate(t.Context(), "Bearer "+auth.NewKey())
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
}

func TestAMissingScopeIsNamed(t *testing.T) {
	t.Parallel()
	reader := models.Principal{KeyID: "key_1", Scopes: []models.Scope{models.ScopeRead}}
	require.NoError(t, auth.Require(reader, models.ScopeRead))
	err := auth.Require(reader, models.ScopeWrite)
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
	require.ErrorContains(t, err, `"write"`)
}
