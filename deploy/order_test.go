package deploy_test

import (
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestStartOrder(t *testing.T) {
	t.Parallel()
	const healthy, done = types.ServiceConditionHealthy, types.ServiceConditionCompletedSuccessfully
	want := map[string]map[string]string{
		"postgres":           {},
		"temporal-schema":    {"postgres": healthy},
		"temporal":           {"temporal-schema": done},
		"temporal-namespace": {"temporal": healthy},
		"temporal-ui":        {"temporal": healthy},
		"migrate":            {"postgres": healthy},
		"api":                {"migrate": done, "temporal-namespace": done},
		"worker":             {"migrate": done, "temporal-namespace": done},
	}
	got := map[string]map[string]string{}
	for name, service := range load(t).Services {
		got[name] = map[string]string{}
		for other, dependency := range service.DependsOn {
			got[name][other] = dependency.Condition
		}
	}
	require.Empty(t, cmp.Diff(want, got))
}

func TestWhatIsWaitedForCanTellItsHealth(t *testing.T) {
	t.Parallel()
	project := load(t)
	for name, service := range project.Services {
		for other, dependency := range service.DependsOn {
			if dependency.Condition == types.ServiceConditionHealthy {
				check := project.Services[other].HealthCheck
				require.NotNil(t, check, "%s waits for the health of %s", name, other)
				require.NotEmpty(t, check.Test)
			}
		}
	}
	require.Contains(t, project.Services["postgres"].HealthCheck.Test, "127.0.0.1", "the socket answers too early")
	require.Nil(t, project.Services["api"].HealthCheck, "the image asks /readyz")
	for _, name := range []string{"worker", "migrate"} {
		require.True(t, project.Services[name].HealthCheck.Disable, "%s serves nothing", name)
	}
}

func TestJobsEndAndServicesStay(t *testing.T) {
	t.Parallel()
	jobs := map[string]bool{"temporal-schema": true, "temporal-namespace": true, "migrate": true}
	for name, service := range load(t).Services {
		if jobs[name] {
			require.Equal(t, "on-failure:5", service.Restart, name)
		} else {
			require.Equal(t, "unless-stopped", service.Restart, name)
			require.Equal(t, "local", service.Logging.Driver, "the log of %s is rotated", name)
		}
	}
}

func TestWorkerHasTimeToStop(t *testing.T) {
	t.Parallel()
	const stopTimeout = 35 * time.Second // of package worker
	grace := load(t).Services["worker"].StopGracePeriod
	require.NotNil(t, grace)
	require.GreaterOrEqual(t, time.Duration(*grace), stopTimeout+10*time.Second)
}
