package deploy_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// distroless has certificates and time zones, no shell, and no version tags.
const distroless = "gcr.io/distroless/static-debian12:nonroot"

// stage is one FROM of a Dockerfile and what follows it.
type stage struct {
	base  string
	lines []string
}

// readStages splits the Dockerfile into stages; comments are left out and
// continued lines are joined.
func readStages(t *testing.T) []stage {
	t.Helper()
	content, err := os.ReadFile("../Dockerfile")
	require.NoError(t, err)
	var stages []stage
	for line := range strings.Lines(strings.ReplaceAll(string(content), "\\\n", " ")) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case words[0] == "FROM":
			stages = append(stages, stage{base: words[1]})
		default:
			require.NotEmpty(t, stages, "before the first stage: %s", line)
			last := &stages[len(stages)-1]
			last.lines = append(last.lines, strings.Join(words, " "))
		}
	}
	return stages
}

// values returns the arguments of every such instruction of a stage.
func (s stage) values(instruction string) []string {
	var found []string
	for _, line := range s.lines {
		if value, ok := strings.CutPrefix(line, instruction+" "); ok {
			found = append(found, value)
		}
	}
	return found
}

func TestBaseImagesArePinned(t *testing.T) {
	t.Parallel()
	for _, stage := range readStages(t) {
		require.True(t, pinned(stage.base), stage.base)
		require.Empty(t, stage.values("ADD"), "COPY fetches nothing")
	}
}

func TestBinaryIsStaticAndKnowsItsVersion(t *testing.T) {
	t.Parallel()
	build := readStages(t)[0]
	require.True(t, strings.HasPrefix(build.base, "golang:"))
	require.Equal(t, []string{"VERSION=dev"}, build.values("ARG"))
	runs := strings.Join(build.values("RUN"), "\n")
	for _, part := range []string{"CGO_ENABLED=0", "-trimpath", "-X main.version=${VERSION}", "./cmd/leadrail"} {
		require.Contains(t, runs, part)
	}
}

func TestFinalStage(t *testing.T) {
	t.Parallel()
	stages := readStages(t)
	final := stages[len(stages)-1]
	require.Equal(t, distroless, final.base)
	require.Equal(t, []string{"nonroot:nonroot"}, final.values("USER"))
	require.Empty(t, final.values("RUN"), "there is no shell")
	require.Equal(t, []string{`["leadrail"]`}, final.values("ENTRYPOINT"))
	require.Equal(t, []string{"LEADRAIL_LISTEN=0.0.0.0:8080"}, final.values("ENV"), "loopback is closed to other containers")

	health := final.values("HEALTHCHECK")
	require.Len(t, health, 1)
	require.True(t, strings.HasSuffix(health[0], `"http://127.0.0.1:8080/readyz"]`), health[0])
	for _, label := range []string{"title", "description", "licenses", "version"} {
		require.Contains(t, strings.Join(final.values("LABEL"), " "), "org.opencontainers.image."+label+"=")
	}
}

func TestSecretsOfThisMachineStayOutOfTheImage(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../.dockerignore")
	require.NoError(t, err)
	ignored := strings.Fields(string(content))
	for _, pattern := range []string{".env*", "data", "deploy", ".git*"} {
		require.Contains(t, ignored, pattern)
	}
	require.NotContains(t, string(content), "!", "nothing is let in again")
}
