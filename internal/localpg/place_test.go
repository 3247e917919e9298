package localpg_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/localpg"
)

// closedFolder returns options for a data folder as under /root: one that the
// server's user cannot enter.
func closedFolder(t *testing.T) localpg.Options {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, who starts the server as another user")
	}
	opts := volatile(t)
	parent := filepath.Dir(opts.Dir)
	opts.FallbackDir = filepath.Join(parent, "fallback")
	opts.Dir = filepath.Join(parent, "closed", "data", "postgres")
	require.NoError(t, os.Mkdir(filepath.Join(parent, "closed"), 0o700))
	return opts
}

func TestDataMovesWhereItsUserCanGo(t *testing.T) {
	t.Parallel()
	opts := closedFolder(t)
	first := start(t, opts)
	remember(t, first, "moved")
	cluster, err := os.Readlink(filepath.Join(opts.Dir, "cluster"))
	require.NoError(t, err)
	require.Equal(t, opts.FallbackDir, filepath.Dir(filepath.Dir(cluster)))
	_, err = localpg.Start(bounded(t), opts)
	var locked *localpg.LockedError
	require.ErrorAs(t, err, &locked)
	require.NoError(t, first.Stop(bounded(t)))

	renamed := opts
	renamed.Dir += "-renamed"
	require.NoError(t, os.Rename(opts.Dir, renamed.Dir))
	second := start(t, renamed)
	require.Equal(t, "moved", recalls(t, second))
	require.Equal(t, first.Port(), second.Port())
	require.NoError(t, second.Stop(bounded(t)))

	fresh := start(t, opts)
	require.Equal(t, "0", query(t, fresh, "SELECT count(*)::text FROM pg_class WHERE relname = 'memory'"),
		"without its link a data folder is a new one")

	require.NoError(t, localpg.Remove(bounded(t), renamed))
	require.NoDirExists(t, cluster)
	require.NoDirExists(t, renamed.Dir)
}

func TestLostFallbackIsNotReplacedSilently(t *testing.T) {
	t.Parallel()
	opts := closedFolder(t)
	require.NoError(t, os.MkdirAll(opts.Dir, 0o755))
	require.NoError(t, os.Symlink(filepath.Join(opts.FallbackDir, "gone", "cluster"), filepath.Join(opts.Dir, "cluster")))

	_, err := localpg.Start(bounded(t), opts)
	require.ErrorContains(t, err, "was kept in "+filepath.Join(opts.FallbackDir, "gone"))
}

func TestNowhereToGoIsNamed(t *testing.T) {
	t.Parallel()
	opts := closedFolder(t)
	closed := filepath.Join(filepath.Dir(opts.FallbackDir), "closed")
	opts.FallbackDir = filepath.Join(closed, "fallback")

	_, err := localpg.Start(bounded(t), opts)
	var access *localpg.AccessError
	require.ErrorAs(t, err, &access)
	require.Equal(t, closed, access.Dir)
	require.ErrorContains(t, err, "chmod o+x "+closed)
}

func TestExistingClusterIsNotAbandoned(t *testing.T) {
	t.Parallel()
	opts := closedFolder(t)
	require.NoError(t, os.MkdirAll(filepath.Join(opts.Dir, "cluster"), 0o755))

	_, err := localpg.Start(bounded(t), opts)
	var access *localpg.AccessError
	require.ErrorAs(t, err, &access)
	require.NoDirExists(t, opts.FallbackDir)
}
