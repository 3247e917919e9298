package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// aKey is a publishable key with everything that a key can have.
func aKey(id string) models.Key {
	expires := minute(60)
	return models.Key{
		ID: id, Name: "site", Kind: models.KeyPublishable, Scopes: []models.Scope{models.ScopeSubmit},
		AgentIDs: []string{"agent_1"}, Origins: []string{"https://example.com"}, Hash: "hash of " + id,
		CreatedAt: start, ExpiresAt: &expires,
	}
}

func createKey(t *testing.T, s *store.Store, id string) models.Key {
	t.Helper()
	key := aKey(id)
	require.NoError(t, s.CreateKey(t.Context(), key))
	return key
}

func TestAKeyIsReadByIDAndByHash(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	want := createKey(t, s, "key_1")
	createKey(t, s, "key_2")
	byID, err := s.Key(t.Context(), "key_1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, byID))
	byHash, err := s.KeyByHash(t.Context(), want.Hash)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, byHash))

	_, err = s.Key(t.Context(), "key_3")
	requireCode(t, models.CodeNotFound, err)
	_, err = s.KeyByHash(t.Context(), "key_1")
	requireCode(t, models.CodeNotFound, err)
}

func TestTwoKeysOfOneHashCannotBe(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	key := createKey(t, s, "key_1")
	key.ID = "key_2"
	require.Error(t, s.CreateKey(t.Context(), key))
}

func TestKeysAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, id := range []string{"key_1", "key_2", "key_3"} {
		createKey(t, s, id)
	}
	idsOf := func(filter store.KeyFilter) []string {
		keys, err := s.Keys(t.Context(), filter)
		require.NoError(t, err)
		var ids []string
		for _, key := range keys {
			ids = append(ids, key.ID)
		}
		return ids
	}
	require.Equal(t, []string{"key_3", "key_2"}, idsOf(store.KeyFilter{Limit: 2}))
	require.Equal(t, []string{"key_1"}, idsOf(store.KeyFilter{Limit: 2, Before: "key_2"}))
}

func TestAKeyIsRevokedOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	createKey(t, s, "key_1")
	for _, at := range []time.Time{minute(1), minute(2)} {
		revoked, err := s.RevokeKey(t.Context(), "key_1", at)
		require.NoError(t, err)
		require.Equal(t, "hash of key_1", revoked.Hash)
		stored, err := s.Key(t.Context(), "key_1")
		require.NoError(t, err)
		require.Equal(t, minute(1), stored.RevokedAt.UTC(), "it keeps its time")
	}
	_, err := s.RevokeKey(t.Context(), "key_2", start)
	requireCode(t, models.CodeNotFound, err)
}

func TestTheUseOfKeysIsNotedAndNeverMovesBackwards(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, id := range []string{"key_1", "key_2", "key_3"} {
		createKey(t, s, id)
	}
	require.NoError(t, s.TouchKeys(t.Context(), map[string]time.Time{"key_1": minute(5), "key_2": minute(5), "key_gone": minute(5)}))
	require.NoError(t, s.TouchKeys(t.Context(), map[string]time.Time{"key_1": minute(4), "key_2": minute(6)}))
	for id, want := range map[string]time.Time{"key_1": minute(5), "key_2": minute(6), "key_3": {}} {
		key, err := s.Key(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, !want.IsZero(), key.LastUsedAt != nil, id)
		if key.LastUsedAt != nil {
			require.Equal(t, want, key.LastUsedAt.UTC(), id)
		}
	}
}

// cachedKey reads a key through the cache.
func cachedKey(t *testing.T, c *store.Cached, key models.Key) models.Key {
	t.Helper()
	read, err := c.KeyByHash(t.Context(), key.Hash)
	require.NoError(t, err)
	return read
}

func TestARevokedKeyIsHeardOfOnAnotherReplica(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	one, other := startCached(t, open(t, url), url), startCached(t, open(t, url), url)
	key := createKey(t, one.Store, "key_1")
	require.Nil(t, cachedKey(t, one, key).RevokedAt)
	require.Nil(t, cachedKey(t, other, key).RevokedAt)

	_, err := one.Direct().RevokeKey(t.Context(), "key_1", minute(1))
	require.NoError(t, err)
	require.NotNil(t, cachedKey(t, one, key).RevokedAt, "at once where it was revoked")
	require.Eventually(t, func() bool { return cachedKey(t, other, key).RevokedAt != nil }, patience, lookEvery)
}

func TestAKnownKeyNeedsNoDatabase(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	proxied, through := newProxy(t, url)
	s, other := open(t, through), open(t, url)
	c := startCached(t, s, through)
	known, unknown := createKey(t, other, "key_1"), createKey(t, other, "key_2")
	cachedKey(t, c, known)

	require.NoError(t, other.TouchKeys(t.Context(), map[string]time.Time{"key_1": start}))
	proxied.cut()
	require.Nil(t, cachedKey(t, c, known).LastUsedAt, "use is not heard of: it comes with every request")
	require.Eventually(t, func() bool { return !c.Hears() }, patience, lookEvery)
	require.Equal(t, known.ID, cachedKey(t, c, known).ID)
	_, err := c.KeyByHash(t.Context(), unknown.Hash)
	requireCode(t, models.CodeUnavailable, err)

	proxied.restore()
	require.Eventually(t, c.Hears, patience, lookEvery)
	require.Equal(t, unknown.ID, cachedKey(t, c, unknown).ID)
}
