package deploy_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

func TestMountedFilesExist(t *testing.T) {
	t.Parallel()
	mounted := 0
	for name, service := range load(t).Services {
		for _, volume := range service.Volumes {
			if volume.Type != types.VolumeTypeBind {
				continue
			}
			mounted++
			info, err := os.Stat(volume.Source)
			require.NoError(t, err, name)
			require.True(t, info.Mode().IsRegular(), volume.Source)
			require.True(t, volume.ReadOnly, "%s does not write to %s", name, volume.Source)
			if filepath.Ext(volume.Source) == ".sh" {
				require.Equal(t, types.ShellCommand{"/bin/sh", volume.Target}, service.Entrypoint, "%s runs what it mounts", name)
			}
		}
	}
	require.Equal(t, 4, mounted)
}

func TestScriptsAreExecutableAndParse(t *testing.T) {
	t.Parallel()
	var scripts []string
	require.NoError(t, filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".sh" {
			scripts = append(scripts, path)
		}
		return err
	}))
	require.Equal(t, []string{"secrets.sh", "temporal/namespace.sh", "temporal/schema.sh", "temporal/server.sh"}, scripts)
	for _, script := range scripts {
		info, err := os.Stat(script)
		require.NoError(t, err)
		require.NotZero(t, info.Mode().Perm()&0o100, "%s is not executable", script)
		content, err := os.ReadFile(script)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(content), "#!/bin/sh\n"), script)
		require.Contains(t, string(content), "\nset -eu\n", script)
		output, err := exec.CommandContext(t.Context(), "sh", "-n", script).CombinedOutput()
		require.NoError(t, err, "%s: %s", script, output)
	}
}

func TestNamespaceIsMadeOnce(t *testing.T) {
	t.Parallel()
	const create = "operator namespace create -n leads --retention 168h"
	for name, c := range map[string]struct {
		describe string // exit code
		want     []string
	}{
		"absent":  {"1", []string{"operator cluster health", "operator namespace describe -n leads", create}},
		"present": {"0", []string{"operator cluster health", "operator namespace describe -n leads"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			calls := filepath.Join(folder, "calls")
			fake := "#!/bin/sh\necho \"$@\" >>" + calls + "\ncase $3 in describe) exit " + c.describe + " ;; esac\n"
			require.NoError(t, os.WriteFile(filepath.Join(folder, "temporal"), []byte(fake), 0o700))

			command := exec.CommandContext(t.Context(), "/bin/sh", "temporal/namespace.sh")
			command.Env = []string{"PATH=" + folder + ":/usr/bin:/bin", "TEMPORAL_ADDRESS=temporal:7233", "NAMESPACE=leads", "RETENTION=168h"}
			output, err := command.CombinedOutput()
			require.NoError(t, err, "%s", output)
			made, err := os.ReadFile(calls)
			require.NoError(t, err)
			require.Equal(t, c.want, strings.Split(strings.TrimSpace(string(made)), "\n"))
		})
	}
}
