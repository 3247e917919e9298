package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
)

func TestCommandGetsAClusterForItsLife(t *testing.T) {
	t.Setenv(pgtest.Variable, "")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"--", "sh", "-c", "echo $" + pgtest.Variable + "; exit 7"}, &stdout, &stderr)
	require.Equal(t, 7, code, stderr.String())
	url := strings.TrimSpace(stdout.String())
	require.True(t, strings.HasPrefix(url, "postgres://"), url)
	_, err := pgx.Connect(t.Context(), url)
	require.Error(t, err, "the cluster is gone")
}

func TestServerThatIsThereIsUsed(t *testing.T) {
	t.Setenv(pgtest.Variable, "postgres://elsewhere/postgres")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"sh", "-c", "echo $" + pgtest.Variable}, &stdout, &stderr)
	require.Zero(t, code, stderr.String())
	require.Equal(t, "postgres://elsewhere/postgres\n", stdout.String())
}

func TestSignalsAndEndsOfTheCommand(t *testing.T) {
	t.Setenv(pgtest.Variable, "postgres://elsewhere/postgres")
	for name, test := range map[string]struct {
		args []string
		code int
	}{
		"signal passed on": {[]string{"sh", "-c", "trap 'exit 3' TERM; kill -TERM $PPID; while :; do :; done"}, 3},
		"killed":           {[]string{"sh", "-c", "kill -KILL $$"}, 137},
		"no such command":  {[]string{"/nowhere/command"}, failed},
		"no command":       {nil, failed},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, test.code, run(t.Context(), test.args, &stdout, &stderr))
			if test.code == failed {
				require.NotEmpty(t, stderr.String())
			}
		})
	}
}
