package auth_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
	"leadrail/internal/store"
	"leadrail/models"
)

// drawer keeps the one key that was made.
type drawer struct{ key models.Key }

func (d *drawer) CreateKey(_ context.Context, key models.Key) error { d.key = key; return nil }

func (d *drawer) Key(context.Context, string) (models.Key, error) { return d.key, nil }

func (d *drawer) Keys(context.Context, store.KeyFilter) ([]models.Key, error) {
	return []models.Key{d.key}, nil
}

func (d *drawer) RevokeKey(_ context.Context, _ string, at time.Time) (models.Key, error) {
	d.key.RevokedAt = &at
	return d.key, nil
}

func create(t *testing.T, in auth.KeyInput) (*drawer, auth.NewKeyView, error) {
	t.Helper()
	d := &drawer{}
	made, err := (&auth.Keys{Store: d, Now: func() time.Time { return now }}).CreateKey(t.Context(), in)
	return d, made, err
}

func TestAKeyIsShownOnceAndStoredAsItsHash(t *testing.T) {
	t.Parallel()
	d, made, err := create(t, auth.KeyInput{Name: "crm", Scopes: []models.Scope{models.ScopeRead}})
	require.NoError(t, err)
	require.Equal(t, auth.Hash(made.Secret), d.key.Hash)
	require.Empty(t, cmp.Diff(models.Key{
		ID: made.ID, Name: "crm", Kind: models.KeySecret, Scopes: []models.Scope{models.ScopeRead},
		AgentIDs: []string{}, Origins: []string{}, Hash: d.key.Hash, CreatedAt: now,
	}, d.key))
}

func TestAPublishableKeyIsHeldToItsPages(t *testing.T) {
	t.Parallel()
	expires := models.At(now.Add(time.Hour))
	d, _, err := create(t, auth.KeyInput{
		Name: "site", Kind: models.KeyPublishable, Scopes: []models.Scope{models.ScopeSubmit, models.ScopeEvents},
		AgentIDs: []string{"agent_1"}, Origins: []string{"HTTPS://WWW.Example.com:443", "http://localhost:3000"}, ExpiresAt: &expires,
	})
	require.NoError(t, err)
	require.Equal(t, []string{"https://www.example.com", "http://localhost:3000"}, d.key.Origins, "as a browser writes them")
	require.Equal(t, expires.Time, *d.key.ExpiresAt)
}

func TestWhatIsNoKey(t *testing.T) {
	t.Parallel()
	scopes := func(names ...models.Scope) []models.Scope { return names }
	past := models.At(now)
	page := []string{"https://example.com"}
	for name, test := range map[string]struct {
		in   auth.KeyInput
		want string
	}{
		"nothing":                  {auth.KeyInput{}, "name invalid, scopes required"},
		"a name of two lines":      {auth.KeyInput{Name: "a\nb", Scopes: scopes("read")}, "name invalid"},
		"a name too long":          {auth.KeyInput{Name: strings.Repeat("x", 101), Scopes: scopes("read")}, "name invalid"},
		"an unknown scope":         {auth.KeyInput{Name: "x", Scopes: scopes("read", "fly")}, "scopes[1] option"},
		"a scope twice":            {auth.KeyInput{Name: "x", Scopes: scopes("read", "read")}, "scopes[1] duplicate"},
		"an unknown kind":          {auth.KeyInput{Name: "x", Scopes: scopes("read"), Kind: "open"}, "kind option"},
		"no agent":                 {auth.KeyInput{Name: "x", Scopes: scopes("read"), AgentIDs: []string{"a", ""}}, "agentIds[1] invalid"},
		"an agent that cannot be":  {auth.KeyInput{Name: "x", Scopes: scopes("read"), AgentIDs: []string{"a\x00"}}, "agentIds[0] invalid"},
		"a bound admin":            {auth.KeyInput{Name: "x", Scopes: scopes("admin"), AgentIDs: []string{"a"}}, "agentIds admin"},
		"a secret key with a page": {auth.KeyInput{Name: "x", Scopes: scopes("submit"), Origins: page}, "origins not_publishable"},
		"one that has expired":     {auth.KeyInput{Name: "x", Scopes: scopes("read"), ExpiresAt: &past}, "expiresAt range"},
		"a publishable key without a page": {
			auth.KeyInput{Name: "x", Scopes: scopes("submit"), Kind: models.KeyPublishable}, "origins required",
		},
		"a publishable key that reads": {
			auth.KeyInput{Name: "x", Scopes: scopes("submit", "read", "admin"), Kind: models.KeyPublishable, Origins: page},
			"scopes[1] not_publishable, scopes[2] not_publishable",
		},
		"a publishable key for every page": {
			auth.KeyInput{Name: "x", Scopes: scopes("submit"), Kind: models.KeyPublishable, Origins: []string{"*"}}, "origins[0] invalid",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := create(t, test.in)
			var refused *models.Error
			require.ErrorAs(t, err, &refused)
			var got []string
			for _, field := range refused.Fields {
				got = append(got, field.Field+" "+field.Code)
			}
			require.Equal(t, test.want, strings.Join(got, ", "))
		})
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://example.com":           "https://example.com",
		"https://Example.COM":           "https://example.com",
		"https://example.com:443":       "https://example.com",
		"http://example.com:443":        "http://example.com:443",
		"http://127.0.0.1:80":           "http://127.0.0.1",
		"http://[::1]:8080":             "http://[::1]:8080",
		"https://xn--bcher-kva.example": "https://xn--bcher-kva.example",
	} {
		got, err := auth.ParseOrigin(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{
		"", "*", "null", "example.com", "https://", "https://*.example.com", "https://example.com/", "https://example.com/x",
		"https://example.com?", "https://example.com?x", "https://example.com#", "https://me@example.com", "ftp://example.com",
		"file:///x", "https://example.com:", "https://example.com:0", "https://example.com:70000", "https://bücher.example",
		"https://exa mple.com", "https://example.com\n", "javascript:alert(1)", "https:example.com", "//example.com", `https:\\example.com`,
	} {
		_, err := auth.ParseOrigin(text)
		require.Error(t, err, text)
	}
}
