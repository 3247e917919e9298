package main

import (
	"bytes"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const someURL = "postgres://temporal:secret@db.internal:5433/postgres?sslmode=require"

// environ is a getenv over fixed pairs.
func environ(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestSettingsDefaults(t *testing.T) {
	t.Parallel()
	set, err := parseSettings(nil, environ(map[string]string{databaseURLEnv: someURL}), io.Discard)
	require.NoError(t, err)
	require.Equal(t, "db.internal:5433", set.database.Host)
	require.Equal(t, "127.0.0.1:7233", set.listen.String())
	require.Equal(t, "127.0.0.1:8233", set.uiListen.String())
	require.Equal(t, "default", set.namespace)
	require.Equal(t, 168*time.Hour, set.retention)
	require.EqualValues(t, 4, set.shards)
	require.Equal(t, "temporal", mainDatabase(set.prefix))
	require.Equal(t, "temporal_visibility", visibilityDatabase(set.prefix))
}

func TestSettingsFlags(t *testing.T) {
	t.Parallel()
	set, err := parseSettings([]string{
		"-database-url", "postgres://other@h/", "-listen", "localhost:0", "-ui-listen", "",
	}, environ(map[string]string{databaseURLEnv: someURL}), io.Discard)
	require.NoError(t, err)
	require.Equal(t, "h", set.database.Host, "the flag wins over the environment")
	require.Equal(t, "127.0.0.1:0", set.listen.String())
	require.False(t, set.uiListen.IsValid(), "an empty address switches the UI off")
}

func TestSettingsReportEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := parseSettings([]string{
		"-database-url", "mysql://h", "-listen", ":7233", "-ui-listen", "[::1]:http", "-database-prefix", "a-b",
		"-namespace", "", "-retention", "1m", "-shards", "0", "-log-level", "loud", "-codec-endpoint", "codec",
	}, environ(nil), io.Discard)
	require.Error(t, err)
	for _, name := range []string{
		"database-url", "listen", "ui-listen", "database-prefix", "namespace", "retention", "shards", "log-level", "codec-endpoint",
	} {
		require.Contains(t, err.Error(), "-"+name+": ")
	}
}

func TestDatabaseURLErrors(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "postgres://h/", "http://u:secret@h", "postgres://u:secret%zz@h", "postgres://u:sec%20ret@h",
		"postgres://u:secret@h:port", "postgres://u:secret@h?sslmode=odd",
		"postgres://u:secret@h?channel_binding=odd",
	} {
		_, err := parseDatabaseURL(bad)
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "secret")
		require.NotContains(t, err.Error(), "nil", "it has a reason")
	}
}

func TestSQLConfigPassesTheURLOn(t *testing.T) {
	t.Parallel()
	u, err := url.Parse("postgres://us%40er:p%2Fw@db:5433/postgres?sslmode=verify-full&sslrootcert=%2Fca.pem")
	require.NoError(t, err)
	cfg := sqlConfig(u, "temporal", 7)
	require.Equal(t, "db:5433", cfg.ConnectAddr)
	require.Equal(t, "us%40er", cfg.User)
	require.Equal(t, "p/w", cfg.Password)
	require.Equal(t, "verify-full", cfg.ConnectAttributes["sslmode"])
	require.Equal(t, "/ca.pem", cfg.ConnectAttributes["sslrootcert"])
	require.Equal(t, 7, cfg.MaxConns)
}

func TestRunWithoutServing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, args     string
		code           int
		stdout, stderr string
	}{
		{"version", "version", exitOK, "temporal 1.32.1 ui 2.55.0\n", ""},
		{"help", "-help", exitOK, "-database-prefix", ""},
		{"unknown flag", "-colour", exitUsage, "", "colour"},
		{"stray argument", "-shards 2 start", exitUsage, "", `unexpected argument "start"`},
		{"no database", "-shards 2", exitUsage, "", databaseURLEnv},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			require.Equal(t, tc.code, run(t.Context(), strings.Fields(tc.args), environ(nil), &stdout, &stderr))
			require.Contains(t, stdout.String(), tc.stdout)
			require.Contains(t, stderr.String(), tc.stderr)
		})
	}
}
