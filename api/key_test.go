package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
	"leadrail/models"
)

// key makes a key and returns its id and secret.
func (s *service) key(t *testing.T, key object) (id, secret string) {
	t.Helper()
	made := s.read(t, http.StatusCreated, http.MethodPost, "/v1/keys", sending(t, key))
	return made["id"].(string), made["secret"].(string)
}

// as calls with a key.
func as(secret string) option { return with("Authorization", "Bearer "+secret) }

// secretKey is a key with scopes, bound to agents.
func secretKey(scopes []string, agents ...string) object {
	return object{"name": "test", "scopes": scopes, "agentIds": agents}
}

const page = "https://www.example.com"

// pageKey is a key that stands in pages of one origin.
func pageKey() object {
	return object{"name": "site", "kind": "publishable", "scopes": []string{"submit"}, "agentIds": []string{"agent_site"}, "origins": []string{page}}
}

func TestAKeyIsMadeListedAndRevoked(t *testing.T) {
	t.Parallel()
	s := newService(t)
	made := s.read(t, http.StatusCreated, http.MethodPost, "/v1/keys", sending(t, pageKey()))
	secret := made["secret"].(string)
	id := made["id"].(string)
	delete(made, "secret")
	require.Empty(t, cmp.Diff(object{
		"id": id, "name": "site", "kind": "publishable", "scopes": []any{"submit"}, "agentIds": []any{"agent_site"},
		"origins": []any{page}, "createdAt": made["createdAt"], "expiresAt": nil, "revokedAt": nil, "lastUsedAt": nil,
	}, made))
	require.Empty(t, cmp.Diff(made, s.read(t, http.StatusOK, http.MethodGet, "/v1/keys/"+id)))
	second, _ := s.key(t, secretKey([]string{"read"}))

	first := s.read(t, http.StatusOK, http.MethodGet, "/v1/keys?limit=1")
	require.Equal(t, second, first["data"].([]any)[0].(object)["id"])
	rest := s.read(t, http.StatusOK, http.MethodGet, "/v1/keys?limit=1&cursor="+first["nextCursor"].(string))
	require.Empty(t, cmp.Diff([]any{made}, rest["data"]))

	for range 2 {
		require.Equal(t, http.StatusNoContent, s.call(t, http.MethodDelete, "/v1/keys/"+id).Code)
	}
	require.NotNil(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/keys/"+id)["revokedAt"])
	refused := s.read(t, http.StatusUnauthorized, http.MethodGet, "/v1/forms", as(secret))
	unknown := s.read(t, http.StatusUnauthorized, http.MethodGet, "/v1/forms", as(auth.NewKey()))
	require.Empty(t, cmp.Diff(unknown, refused, cmpopts.IgnoreMapEntries(func(name string, _ any) bool { return name == "requestId" })))
}

func TestAnExpiredKeyIsUnknown(t *testing.T) {
	t.Parallel()
	s := newService(t)
	past := time.Now().Add(-time.Hour)
	secret := auth.NewKey()
	require.NoError(t, s.store.CreateKey(t.Context(), models.Key{
		ID: "key_1", Name: "old", Kind: models.KeySecret, Scopes: []models.Scope{models.ScopeRead},
		AgentIDs: []string{}, Origins: []string{}, Hash: auth.Hash(secret), CreatedAt: past, ExpiresAt: &past,
	}))
	require.Equal(t, "unauthorized", s.read(t, http.StatusUnauthorized, http.MethodGet, "/v1/forms", as(secret))["code"])
}

func TestWhoMayMakeKeys(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, writer := s.key(t, secretKey([]string{"submit", "events", "read", "write", "replay", "export", "erase"}))
	for _, path := range []string{"/v1/keys", "/v1/keys/key_1", "/v1/audit"} {
		refused := s.read(t, http.StatusForbidden, http.MethodGet, path, as(writer))
		require.Contains(t, refused["detail"], `"admin"`, "it names the scope")
	}
	s.read(t, http.StatusForbidden, http.MethodPost, "/v1/keys", as(writer), sending(t, secretKey([]string{"read"})))

	_, admin := s.key(t, secretKey([]string{"admin"}))
	s.read(t, http.StatusCreated, http.MethodPost, "/v1/keys", as(admin), sending(t, secretKey([]string{"read"})))
	s.read(t, http.StatusOK, http.MethodGet, "/v1/forms", as(admin))
}

func TestKeyRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	open := pageKey()
	open["origins"] = []string{"*"}
	for name, r := range map[string]struct {
		body   any
		status int
		field  string
	}{
		"an unknown scope":      {secretKey([]string{"fly"}), 422, "scopes[0]"},
		"every origin":          {open, 422, "origins[0]"},
		"a key of one's own":    {`{"name":"x","scopes":["read"],"secret":"lr_mine"}`, 400, "secret"},
		"an expiry of no kind":  {`{"name":"x","scopes":["read"],"expiresAt":"soon"}`, 422, "expiresAt"},
		"a number for an agent": {`{"name":"x","scopes":["read"],"agentIds":[7]}`, 422, "agentIds"},
	} {
		problem := s.read(t, r.status, http.MethodPost, "/v1/keys", sending(t, r.body))
		require.Contains(t, firstField(problem), r.field, name)
	}
	s.read(t, http.StatusNotFound, http.MethodGet, "/v1/keys/key_none")
	s.read(t, http.StatusNotFound, http.MethodDelete, "/v1/keys/key_none")
	s.read(t, http.StatusUnprocessableEntity, http.MethodGet, "/v1/keys?cursor=!")
	s.read(t, http.StatusUnprocessableEntity, http.MethodGet, "/v1/audit?limit=-1")
}

func TestAKeyWithoutADatabase(t *testing.T) {
	t.Parallel()
	s := newServiceOn(t, closedPort(t))
	answer := s.read(t, http.StatusServiceUnavailable, http.MethodGet, "/v1/forms", as(auth.NewKey()))
	require.Equal(t, "database_unavailable", answer["code"], "it may be a good one")
	s.read(t, http.StatusUnauthorized, http.MethodGet, "/v1/forms", as("lr_no_key"))
}
