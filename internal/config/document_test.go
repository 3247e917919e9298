package config_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/config"
)

var update = flag.Bool("update", false, "write the generated files anew")

// TestGenerated is also how `make generate` writes the files.
func TestGenerated(t *testing.T) {
	t.Parallel()
	var help bytes.Buffer
	_, err := config.Load("up", []string{"-help"}, func(string) string { return "" }, &help)
	require.ErrorIs(t, err, flag.ErrHelp)

	for path, want := range map[string]string{
		"../../docs/configuration.md": config.Markdown(),
		"../../.env.example":          config.EnvExample(),
		"testdata/help.txt":           help.String(),
	} {
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, string(got)), "%s is stale: run make generate", path)
	}
}

func TestEverySettingIsDocumentedOnce(t *testing.T) {
	t.Parallel()
	flags := map[string]bool{}
	for _, setting := range config.Settings() {
		require.NotEmpty(t, setting.Variable)
		require.Regexp(t, `^[^|\n]+\.$`, setting.Description, "a sentence that fits a table: "+setting.Variable)
		require.False(t, flags[setting.Flag], "two settings have the flag -"+setting.Flag)
		flags[setting.Flag] = true
	}
}
