package deploy_test

import (
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/seal"
)

// makeSecrets runs a copy of secrets.sh, and returns the folder it fills.
func makeSecrets(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("secrets.sh")
	require.NoError(t, err)
	script := filepath.Join(t.TempDir(), "secrets.sh")
	require.NoError(t, os.WriteFile(script, content, 0o600))
	runSecrets(t, script)
	return filepath.Join(filepath.Dir(script), "secrets")
}

func runSecrets(t *testing.T, script string) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "sh", script).CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Empty(t, string(output), "secrets are not shown")
}

func readSecrets(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	secrets := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		require.NoError(t, err)
		secrets[entry.Name()] = strings.TrimSpace(string(content))
	}
	return secrets
}

func TestSecretsAreWhatTheProductTakes(t *testing.T) {
	t.Parallel()
	folder := makeSecrets(t)
	secrets := readSecrets(t, folder)
	wanted := load(t).Secrets
	require.Len(t, secrets, len(wanted))
	for name, secret := range wanted {
		file, err := filepath.Abs(filepath.Join("secrets", name))
		require.NoError(t, err)
		require.Equal(t, file, secret.File)
		require.Contains(t, secrets, name)
	}

	require.Regexp(t, `^lr_[0-9a-f]{64}$`, secrets["admin_key"])
	_, err := seal.ParseKeyring(secrets["seal_keys"])
	require.NoError(t, err)
	database, err := url.Parse(secrets["database_url"])
	require.NoError(t, err)
	password, _ := database.User.Password()
	require.Equal(t, secrets["postgres_password"], password)
	require.Equal(t, "leadrail", database.User.Username())
	require.Equal(t, "postgres:5432", database.Host)
	require.Equal(t, "/leadrail", database.Path)
}

func TestSecretsAreClosedToOtherUsers(t *testing.T) {
	t.Parallel()
	folder := makeSecrets(t)
	info, err := os.Stat(folder)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
	for name := range readSecrets(t, folder) {
		info, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o444), info.Mode().Perm(), "the user of a container can read %s", name)
	}
}

func TestSecretsThatExistStay(t *testing.T) {
	t.Parallel()
	folder := makeSecrets(t)
	first := readSecrets(t, folder)
	require.NoError(t, os.Remove(filepath.Join(folder, "admin_key")))
	runSecrets(t, filepath.Join(filepath.Dir(folder), "secrets.sh"))
	second := readSecrets(t, folder)

	require.NotEqual(t, first["admin_key"], second["admin_key"], "what was lost is made anew")
	delete(first, "admin_key")
	delete(second, "admin_key")
	require.Equal(t, first, second)
}
