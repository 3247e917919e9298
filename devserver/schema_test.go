package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log"
)

func TestInstallSchemasIsIdempotent(t *testing.T) {
	t.Parallel()
	prefix := newPrefix()
	u := shared.url()

	// Two at once, as when a replaced process is still starting.
	errs := make(chan error, 2)
	for range cap(errs) {
		go func() { errs <- installSchemas(t.Context(), u, prefix, log.NewNoopLogger()) }()
	}
	for range cap(errs) {
		require.NoError(t, <-errs)
	}

	const version = "SELECT curr_version FROM schema_version"
	const history = "SELECT count(*) FROM schema_update_history"
	for _, s := range databaseSchemas(prefix) {
		require.Equal(t, s.version, query[string](t, u, s.database, version))
		steps := query[int](t, u, s.database, history)
		require.Greater(t, steps, 1)

		require.NoError(t, installSchemas(t.Context(), u, prefix, log.NewNoopLogger()))
		require.Equal(t, s.version, query[string](t, u, s.database, version))
		require.Equal(t, steps, query[int](t, u, s.database, history), "nothing was applied again")
	}
}
