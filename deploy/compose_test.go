// Package deploy_test holds production's shape, docker-compose.yml and the
// Dockerfile, to its rules. Nothing here needs a container engine.
package deploy_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

// load reads docker-compose.yml as the compose command does: variables filled
// in, checked against the schema of the specification and for references to
// what is not there. Files of this machine, .env and leadrail.env, are left out.
func load(t *testing.T, environment ...string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{"../docker-compose.yml"},
		cli.WithEnv(environment), cli.WithoutEnvironmentResolution)
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	return project
}

func TestImagesArePinned(t *testing.T) {
	t.Parallel()
	for name, service := range load(t).Services {
		if service.Image == "leadrail:dev" {
			continue // built here
		}
		require.True(t, pinned(service.Image), "%s: %s", name, service.Image)
	}
}

// pinned reports whether a reference to an image names a version, or a
// distribution whose images have none.
func pinned(image string) bool {
	_, tag, found := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	return found && (regexp.MustCompile(`^\d+(\.\d+)*(-[a-z]+)?$`).MatchString(tag) || image == distroless)
}

func TestOneImageOfOurs(t *testing.T) {
	t.Parallel()
	project := load(t, "VERSION=1.2.3")
	for _, name := range []string{"migrate", "api", "worker"} {
		require.Equal(t, "leadrail:1.2.3", project.Services[name].Image)
		require.Equal(t, types.ShellCommand{name}, project.Services[name].Command)
	}
	build := project.Services["migrate"].Build
	require.NotNil(t, build, "api and worker wait for it, so either brings it along")
	require.Equal(t, "Dockerfile", build.Dockerfile)
	require.Equal(t, project.WorkingDir, build.Context)
	require.Equal(t, "1.2.3", *build.Args["VERSION"])
}

func TestPortsAreOfThisMachineOnly(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for name, service := range load(t).Services {
		for _, port := range service.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, name)
			got[name] = port.Published
		}
	}
	require.Equal(t, map[string]string{"api": "8080", "temporal-ui": "8233"}, got)
}

func TestReplicas(t *testing.T) {
	t.Parallel()
	stock := load(t).Services
	require.Equal(t, 1, *stock["api"].Deploy.Replicas)
	require.Equal(t, 2, *stock["worker"].Deploy.Replicas)

	more := load(t, "API_REPLICAS=3", "API_PORT=8080-8082", "WORKER_REPLICAS=8").Services
	require.Equal(t, 3, *more["api"].Deploy.Replicas)
	require.Equal(t, "8080-8082", more["api"].Ports[0].Published, "each replica takes one")
	require.Equal(t, 8, *more["worker"].Deploy.Replicas)
	for name, service := range more {
		require.Empty(t, service.ContainerName, "a name would forbid replicas of %s", name)
	}
}

func TestDataIsOnANamedVolume(t *testing.T) {
	t.Parallel()
	project := load(t)
	require.Equal(t, "leadrail_postgres", project.Volumes["postgres"].Name)
	for name, service := range project.Services {
		for _, volume := range service.Volumes {
			if volume.Type == types.VolumeTypeVolume {
				require.Equal(t, "postgres", name)
				require.Equal(t, "postgres", volume.Source)
				require.Equal(t, "/var/lib/postgresql/data", volume.Target)
			}
		}
	}
}

func TestEveryContainerIsBounded(t *testing.T) {
	t.Parallel()
	for name, service := range load(t).Services {
		require.NotNil(t, service.Deploy, name)
		limits := service.Deploy.Resources.Limits
		require.NotNil(t, limits, name)
		require.GreaterOrEqual(t, int64(limits.MemoryBytes), int64(128<<20), name)
		require.Positive(t, limits.NanoCPUs.Value(), name)
	}
}

func TestOurContainersAreLockedDown(t *testing.T) {
	t.Parallel()
	project := load(t)
	for _, name := range []string{"migrate", "api", "worker"} {
		service := project.Services[name]
		require.True(t, service.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, service.CapDrop, name)
		require.Contains(t, service.SecurityOpt, "no-new-privileges:true", name)
		require.Empty(t, service.User, "the image's user is none that may do much")
	}
}

func TestTemporalIsSetUpOnPurpose(t *testing.T) {
	t.Parallel()
	services := load(t).Services
	value := func(service, variable string) string {
		set := services[service].Environment[variable]
		require.NotNil(t, set, "%s: %s", service, variable)
		return *set
	}
	require.Equal(t, "128", value("temporal", "NUM_HISTORY_SHARDS"), "it cannot be changed on a database that exists")
	require.Equal(t, "168h", value("temporal-namespace", "RETENTION"), "7 days")
	require.Equal(t, services["temporal"].Image, strings.Replace(services["temporal-schema"].Image, "admin-tools", "server", 1),
		"the schema is the server's")
	namespace := value("temporal-namespace", "NAMESPACE")
	require.Equal(t, namespace, value("temporal-ui", "TEMPORAL_DEFAULT_NAMESPACE"))
	for _, name := range []string{"api", "worker"} {
		require.Equal(t, namespace, value(name, "TEMPORAL_NAMESPACE"))
	}
}
