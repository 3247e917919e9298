package localpg_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/localpg"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int{
		"postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n": {15, 14},
		"postgres (PostgreSQL) 17.5 (Homebrew)\n":                {17, 5},
		"postgres (PostgreSQL) 18beta1\n":                        {18, 0},
		"postgres (PostgreSQL) 9.6.24\n":                         {9, 6},
	} {
		major, minor, err := localpg.ParseVersion(text)
		require.NoError(t, err, text)
		require.Equal(t, want, [2]int{major, minor}, text)
	}
	for _, text := range []string{"", "postgres 15", "postgres (PostgreSQL) devel"} {
		_, _, err := localpg.ParseVersion(text)
		require.Error(t, err, text)
	}
}

func TestVersionInPath(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]float64{
		"/usr/lib/postgresql/17/bin":                              17,
		"/usr/lib/postgresql/9.6/bin":                             9.6,
		"/usr/pgsql-16/bin":                                       16,
		"/opt/homebrew/opt/postgresql@18/bin":                     18,
		"/Applications/Postgres.app/Contents/Versions/latest/bin": 0,
		"/usr/local/pgsql/bin":                                    0,
	} {
		require.Equal(t, want, localpg.VersionInPath(dir), dir)
	}
}

// programs makes a folder with a postgres that tells the version and an
// initdb that fails with its name.
func programs(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(folder(t), "pg"+version)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for name, script := range map[string]string{
		"postgres": "echo 'postgres (PostgreSQL) " + version + "'",
		"initdb":   "echo 'initdb of " + version + " ran'; exit 1",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}
	return dir
}

func TestFirstFittingProgramsAreUsed(t *testing.T) {
	t.Parallel()
	opts := volatile(t)
	opts.Binaries.Dirs = []string{"/nowhere", programs(t, "13.9"), programs(t, "16.1"), programs(t, "17.1")}
	_, err := localpg.Start(bounded(t), opts)
	require.ErrorContains(t, err, "initdb of 16.1 ran")
}

func TestNoProgramsNamesTheWaysOut(t *testing.T) {
	t.Parallel()
	opts := volatile(t)
	opts.Binaries = localpg.Binaries{
		Dirs:          []string{programs(t, "13.9")},
		CacheDir:      filepath.Join(opts.Dir, "cache"),
		RepositoryURL: "http://127.0.0.1:1", // refused
	}
	_, err := localpg.Start(bounded(t), opts)
	var missing *localpg.BinariesError
	require.ErrorAs(t, err, &missing)
	for _, part := range []string{"13.9", "apt-get install postgresql", "DATABASE_URL", "network", "127.0.0.1:1"} {
		require.ErrorContains(t, err, part)
	}
	left, err := filepath.Glob(filepath.Join(opts.Binaries.CacheDir, "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestDataNeedsItsMajorVersion(t *testing.T) {
	t.Parallel()
	opts := volatile(t)
	cluster := filepath.Join(opts.Dir, "cluster")
	require.NoError(t, os.MkdirAll(cluster, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(cluster, "PG_VERSION"), []byte("16\n"), 0o600))
	opts.Binaries = localpg.Binaries{
		Dirs:          []string{programs(t, "17.1")},
		CacheDir:      filepath.Join(opts.Dir, "cache"),
		RepositoryURL: "http://127.0.0.1:1",
	}
	_, err := localpg.Start(bounded(t), opts)
	var missing *localpg.BinariesError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, 16, missing.Major)
	require.ErrorContains(t, err, "apt-get install postgresql-16")
}

// testdata/binaries.txz holds bin/postgres, bin/initdb and bin/pg_ctl as
// scripts, in the shape of the real archive.
func TestProgramsAreFetchedOnce(t *testing.T) {
	t.Parallel()
	jar := archive(t)
	var downloads atomic.Int32
	repository := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".sha256") {
			sum := sha256.Sum256(jar)
			w.Write([]byte(hex.EncodeToString(sum[:])))
			return
		}
		downloads.Add(1)
		w.Write(jar)
	}))
	t.Cleanup(repository.Close)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)

	opts := volatile(t)
	cache := filepath.Join(filepath.Dir(opts.Dir), "cache")
	opts.Binaries = localpg.Binaries{Dirs: []string{"/nowhere"}, CacheDir: cache, RepositoryURL: repository.URL}
	for range 2 {
		_, err := localpg.Start(bounded(t), opts)
		require.ErrorContains(t, err, "the fetched initdb ran")
	}
	require.EqualValues(t, 1, downloads.Load())
	left, err := filepath.Glob(filepath.Join(cache, "fetch-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func archive(t *testing.T) []byte {
	t.Helper()
	programs, err := os.ReadFile("testdata/binaries.txz")
	require.NoError(t, err)
	var jar bytes.Buffer
	writer := zip.NewWriter(&jar)
	entry, err := writer.Create("postgres.txz")
	require.NoError(t, err)
	_, err = entry.Write(programs)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return jar.Bytes()
}
