package deploy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/stretchr/testify/require"
)

// TestOverrideOfTheGuide loads what docs/deployment.md says to write for servers
// of one's own: Leadrail's three containers are then all that starts.
func TestOverrideOfTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/deployment.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(guide), "```yaml\n")
	require.True(t, found)
	override, _, _ := strings.Cut(rest, "```")
	file := filepath.Join(t.TempDir(), "docker-compose.override.yml")
	require.NoError(t, os.WriteFile(file, []byte(override), 0o600))

	options, err := cli.NewProjectOptions([]string{"../docker-compose.yml", file},
		cli.WithEnv(nil), cli.WithoutEnvironmentResolution)
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	started, err := project.WithSelectedServices([]string{"api", "worker"})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"migrate", "api", "worker"}, started.ServiceNames())
	for _, name := range []string{"api", "worker"} {
		environment := started.Services[name].Environment
		require.Equal(t, "temporal.internal.example.com:7233", *environment["TEMPORAL_ADDRESS"], name)
		require.NotNil(t, environment["DATABASE_URL_FILE"], name)
	}
}

// TestGuideNamesEveryService holds the table of docs/deployment.md to the file.
func TestGuideNamesEveryService(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/deployment.md")
	require.NoError(t, err)
	for name := range load(t).Services {
		require.Contains(t, string(guide), "| `"+name+"` | ")
	}
}
