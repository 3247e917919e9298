package deploy_test

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"

	"leadrail/internal/config"
)

// secretSettings must not stand in the environment of a container, which
// whoever may inspect it can read.
func secretSettings() []string {
	return []string{"DATABASE_URL", "LEADRAIL_ADMIN_KEY", "LEADRAIL_SEAL_KEYS", "SENDGRID_API_KEY"}
}

func ours(t *testing.T) map[string]types.ServiceConfig {
	t.Helper()
	found := map[string]types.ServiceConfig{}
	for name, service := range load(t).Services {
		if strings.HasPrefix(service.Image, "leadrail:") {
			found[name] = service
		}
	}
	require.Len(t, found, 3)
	return found
}

func TestSettingsExist(t *testing.T) {
	t.Parallel()
	for name, service := range ours(t) {
		for variable := range service.Environment {
			require.True(t, known(variable) || variable == memoryLimit, "%s: %s is no setting", name, variable)
		}
	}
	require.False(t, known("LEADRAIL_TYPO"))
}

// known reports whether the product reads a variable, or the file it names.
func known(variable string) bool {
	return slices.ContainsFunc(config.Settings(), func(s config.Setting) bool {
		return s.Variable == strings.TrimSuffix(variable, "_FILE")
	})
}

// memoryLimit is a variable of Go's own.
const memoryLimit = "GOMEMLIMIT"

func TestGarbageIsCollectedBeforeTheContainerIsFull(t *testing.T) {
	t.Parallel()
	limited := 0
	for name, service := range ours(t) {
		limit, set := service.Environment[memoryLimit]
		if !set {
			continue
		}
		var mebibytes int64
		_, err := fmt.Sscanf(*limit, "%dMiB", &mebibytes)
		require.NoError(t, err, name)
		container := int64(service.Deploy.Resources.Limits.MemoryBytes)
		require.InDelta(t, 0.8*float64(container), float64(mebibytes<<20), 0.05*float64(container), name)
		limited++
	}
	require.Equal(t, 2, limited, "api and worker")
}

func TestSecretsComeFromFiles(t *testing.T) {
	t.Parallel()
	for name, service := range ours(t) {
		mounted := map[string]bool{}
		for _, secret := range service.Secrets {
			mounted["/run/secrets/"+secret.Source] = true
		}
		for variable, value := range service.Environment {
			require.NotContains(t, secretSettings(), variable, name)
			if strings.HasSuffix(variable, "_FILE") {
				require.True(t, mounted[*value], "%s: %s is not there", name, *value)
				delete(mounted, *value)
			}
		}
		require.Empty(t, mounted, "%s gets secrets that it does not use", name)
	}
}

// TestCommandsTakeTheirSettings starts each command as far as its configuration,
// with the secrets that the script makes.
func TestCommandsTakeTheirSettings(t *testing.T) {
	t.Parallel()
	folder := makeSecrets(t)
	required := map[string][]string{
		"migrate": {"DATABASE_URL"},
		"api":     {"DATABASE_URL", "LEADRAIL_SEAL_KEYS", "LEADRAIL_ADMIN_KEY", "TEMPORAL_ADDRESS"},
		"worker":  {"DATABASE_URL", "LEADRAIL_SEAL_KEYS", "TEMPORAL_ADDRESS"},
	}
	for name, service := range ours(t) {
		getenv := func(variable string) string {
			value := service.Environment[variable]
			if value == nil {
				return ""
			}
			if strings.HasSuffix(variable, "_FILE") {
				return path.Join(folder, path.Base(*value))
			}
			return *value
		}
		loaded, err := config.Load(name, nil, getenv, t.Output())
		require.NoError(t, err, name)
		values := map[string]string{
			"DATABASE_URL":       loaded.DatabaseURL.Reveal(),
			"LEADRAIL_SEAL_KEYS": loaded.SealKeys.Reveal(),
			"LEADRAIL_ADMIN_KEY": loaded.AdminKey.Reveal(),
			"TEMPORAL_ADDRESS":   loaded.TemporalAddress,
		}
		maps.DeleteFunc(values, func(_, value string) bool { return value == "" })
		require.ElementsMatch(t, required[name], slices.Collect(maps.Keys(values)), name)
	}
}

func TestOtherSettingsComeFromAFileThatMayBeAbsent(t *testing.T) {
	t.Parallel()
	settings, err := filepath.Abs("leadrail.env")
	require.NoError(t, err)
	for name, service := range ours(t) {
		require.Equal(t, []types.EnvFile{{Path: settings, Required: false}}, service.EnvFiles, name)
	}
}
