package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	got := leadrail(t.Context(), nil, "version")
	require.Zero(t, got.Code)
	require.Regexp(t, `^leadrail \S+\n$`, got.Out)
	require.Empty(t, got.Err)
}

func TestRolesListWhatTheyMiss(t *testing.T) {
	t.Parallel()
	const connections = "leadrail: DATABASE_URL is not set\nleadrail: TEMPORAL_ADDRESS is not set\nleadrail: LEADRAIL_SEAL_KEYS is not set\n"
	const adminKey = "leadrail: LEADRAIL_ADMIN_KEY is not set\n"
	for command, want := range map[string]string{
		"serve": connections + adminKey, "api": connections + adminKey, "worker": connections,
		"migrate": "leadrail: DATABASE_URL is not set\n",
	} {
		got := leadrail(t.Context(), nil, command, "-log-level", "error")
		require.Equal(t, outcome{Code: 1, Err: want}, got, command)
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"DATABASE_URL": pgtest.Empty(t)}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	got := leadrail(stopped, environment, "migrate")
	require.Equal(t, 1, got.Code, "a job that was interrupted is not done")
	require.Contains(t, got.Err, context.Canceled.Error())

	for range 2 {
		require.Equal(t, outcome{}, leadrail(t.Context(), environment, "migrate"))
	}
}

func TestStopWhileStartingIsNoError(t *testing.T) {
	t.Parallel()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	got := leadrail(stopped, map[string]string{
		"DATABASE_URL": pgtest.Empty(t), "TEMPORAL_ADDRESS": "127.0.0.1:1", "LEADRAIL_ADMIN_KEY": "k",
		"LEADRAIL_SEAL_KEYS": "k1:" + strings.Repeat("A", 43) + "=", "LEADRAIL_LOG_LEVEL": "error",
	}, "serve")
	require.Equal(t, outcome{}, got)
}

func TestDoctorFailsWhenSomethingIsWrong(t *testing.T) {
	t.Parallel()
	got := leadrail(t.Context(), map[string]string{"DATABASE_URL": pgtest.New(t), "TEMPORAL_ADDRESS": "127.0.0.1:1"}, "doctor")
	require.Equal(t, 1, got.Code)
	require.Contains(t, got.Out, "fail configuration: LEADRAIL_SEAL_KEYS is not set\nok   postgres: version ")
	require.Contains(t, got.Out, "fail temporal: start the server, or correct TEMPORAL_ADDRESS")
	require.Equal(t, "leadrail: 2 of 12 checks failed\n", got.Err)
}
