package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestAKeyIsMadeListedAndRevoked(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	environment := map[string]string{"DATABASE_URL": url}
	db, err := store.Open(url, store.Options{MaxConnections: 1})
	require.NoError(t, err)
	defer db.Close()

	made := leadrail(t.Context(), environment, "key", "create", "-name", "website", "-kind", "publishable", "-scopes", "submit, events",
		"-agents", "agent_site", "-origins", "https://www.example.com", "-expires", "2099-01-31T00:00:00Z")
	require.Zero(t, made.Code, made.Err)
	require.Regexp(t, `^lr_[A-Za-z0-9_-]{43}\n$`, made.Out, "nothing but the key, for scripts")
	secret := strings.TrimSpace(made.Out)
	require.NotContains(t, made.Err, secret)

	stored, err := db.KeyByHash(t.Context(), auth.Hash(secret))
	require.NoError(t, err)
	require.Contains(t, made.Err, stored.ID)
	require.Equal(t, []models.Scope{models.ScopeSubmit, models.ScopeEvents}, stored.Scopes)
	require.Equal(t, []string{"https://www.example.com"}, stored.Origins)
	listed := leadrail(t.Context(), environment, "key", "list")
	require.Regexp(t, `^ID +NAME +KIND .*\n`+stored.ID+` +website +publishable +submit,events +agent_site .* never +works until 2099-01-31T00:00:00Z\n$`, listed.Out)

	for range 2 {
		require.Equal(t, outcome{}, leadrail(t.Context(), environment, "key", "revoke", "-id", stored.ID))
	}
	require.Regexp(t, ` revoked\n$`, leadrail(t.Context(), environment, "key", "list").Out)
	lines, err := db.Audit(t.Context(), store.AuditFilter{Target: stored.ID, KeyID: models.CommandLineID, Limit: 9})
	require.NoError(t, err)
	require.Equal(t, "key.create", lines[len(lines)-1].Action)
	require.Equal(t, "key.revoke", lines[0].Action)
}

func TestKeyCommandsThatCannot(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"DATABASE_URL": pgtest.New(t)}
	refused := leadrail(t.Context(), environment, "key", "create", "-name", "x", "-scopes", "fly")
	require.Equal(t, 1, refused.Code)
	require.Contains(t, refused.Err, "scopes[0]: A scope is submit, events, ")
	require.Empty(t, refused.Out)
	require.Equal(t, outcome{Code: 1, Err: "leadrail: There is no such key.\n"}, leadrail(t.Context(), environment, "key", "revoke", "-id", "key_none"))
	require.Equal(t, 2, leadrail(t.Context(), environment, "key", "create", "-expires", "soon").Code)
	require.Equal(t, 2, leadrail(t.Context(), environment, "key").Code)

	away := leadrail(t.Context(), map[string]string{"LEADRAIL_POSTGRES_PORT": "1"}, "key", "list")
	require.Equal(t, 1, away.Code)
	require.Contains(t, away.Err, "leadrail up does not run here")
	old := leadrail(t.Context(), map[string]string{"DATABASE_URL": pgtest.Empty(t)}, "key", "list")
	require.Contains(t, old.Err, "run leadrail migrate")
}
