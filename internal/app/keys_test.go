package app_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/app"
	"leadrail/internal/config"
	"leadrail/internal/seal"
)

func localKeys(t *testing.T, c config.Config) config.Config {
	t.Helper()
	filled, err := app.WithLocalKeys(c)
	require.NoError(t, err)
	return filled
}

func TestKeysAreMadeOnceForTheirOwner(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: filepath.Join(t.TempDir(), "new", "data")}
	first := localKeys(t, c)
	require.NotEmpty(t, first.AdminKey)
	_, err := seal.ParseKeyring(first.SealKeys.Reveal())
	require.NoError(t, err)
	require.Equal(t, first, localKeys(t, c), "the next start")

	files, err := os.ReadDir(c.DataDir)
	require.NoError(t, err)
	names := []string{}
	for _, file := range files {
		info, err := file.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode(), file.Name())
		names = append(names, file.Name())
	}
	require.Equal(t, []string{"admin.key", "seal.keys"}, names)
}

func TestConfiguredKeysAreNotKept(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: t.TempDir(), AdminKey: "lr_given", SealKeys: "k:given"}
	require.Equal(t, c, localKeys(t, c))
	files, err := os.ReadDir(c.DataDir)
	require.NoError(t, err)
	require.Empty(t, files)
}

func TestProcessesThatStartAtOnceGetTheSameKeys(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: t.TempDir()}
	got := make([]config.Config, 16)
	var group sync.WaitGroup
	for i := range got {
		group.Go(func() { got[i], _ = app.WithLocalKeys(c) })
	}
	group.Wait()
	for i := range got {
		require.NotEmpty(t, got[i].SealKeys)
		require.Equal(t, got[0], got[i])
	}
}

func TestRestOfAnInterruptedStartIsNoKey(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: t.TempDir()}
	require.NoError(t, os.WriteFile(filepath.Join(c.DataDir, "seal.keys.1234"), []byte("local:AAA"), 0o600))
	_, err := seal.ParseKeyring(localKeys(t, c).SealKeys.Reveal())
	require.NoError(t, err)
}

func TestEmptyKeyFileIsNotReplaced(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: t.TempDir()}
	path := filepath.Join(c.DataDir, "seal.keys")
	require.NoError(t, os.WriteFile(path, []byte("\n"), 0o600))
	_, err := app.WithLocalKeys(c)
	require.ErrorContains(t, err, path+" is empty")
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "\n", string(content))
}

func TestDataDirectoryThatCannotBe(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := app.WithLocalKeys(config.Config{DataDir: filepath.Join(file, "data")})
	require.ErrorContains(t, err, "LEADRAIL_DATA_DIR: ")
}

func TestGuestMakesNoKeys(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: t.TempDir()}
	guest, err := app.WithStoredKeys(c)
	require.NoError(t, err)
	require.Equal(t, c, guest)

	host := localKeys(t, c)
	guest, err = app.WithStoredKeys(c)
	require.NoError(t, err)
	require.Equal(t, host, guest)
}
