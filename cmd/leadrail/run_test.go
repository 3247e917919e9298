package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { pgtest.Main(m) }

// outcome is what a user sees of a run.
type outcome struct {
	Code     int
	Out, Err string
}

// leadrail runs the program.
func leadrail(ctx context.Context, environment map[string]string, args ...string) outcome {
	var out, errOut bytes.Buffer
	code := run(ctx, args, func(name string) string { return environment[name] }, &out, &errOut)
	return outcome{code, out.String(), errOut.String()}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	const path = "testdata/help.txt"
	for _, args := range [][]string{nil, {"help"}, {"-h"}, {"-help"}, {"--help"}} {
		got := leadrail(t.Context(), nil, args...)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got.Out), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(outcome{Out: string(want)}, got), args)
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		got := leadrail(t.Context(), nil, append(strings.Fields(c.name), "-help")...)
		require.Zero(t, got.Code)
		require.Contains(t, got.Out, "Usage: leadrail "+c.name+" [flags]\n")
		require.Contains(t, got.Out, "-listen value")
		require.Empty(t, got.Err)
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		environment map[string]string
		args        []string
		want        string
	}{
		"unknown flag":     {nil, []string{"serve", "-lisen", "x"}, "leadrail: flag provided but not defined: -lisen\n"},
		"flag of no value": {nil, []string{"serve", "-listen"}, "leadrail: flag needs an argument: -listen\n"},
		"surplus argument": {nil, []string{"version", "now"}, "leadrail: \"now\" is not a flag; see leadrail version -help\n"},
		"two problems": {
			map[string]string{"LEADRAIL_POSTGRES_PORT": "0"},
			[]string{"up", "-log-format", "xml"},
			"leadrail: LEADRAIL_POSTGRES_PORT: 0 is not a port\nleadrail: LEADRAIL_LOG_FORMAT: \"xml\" is neither text nor json\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, outcome{Code: 2, Err: test.want}, leadrail(t.Context(), test.environment, test.args...))
		})
	}
}

func TestUnknownCommandIsToldTheOthers(t *testing.T) {
	t.Parallel()
	help := leadrail(t.Context(), nil, "help").Out
	require.Equal(t, outcome{Code: 2, Err: "leadrail: there is no command \"begin\"\n\n" + help}, leadrail(t.Context(), nil, "begin"))
}

func TestLogTellsWhatRunsAndHow(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"LEADRAIL_LOG_FORMAT": "json", "LEADRAIL_ADMIN_KEY": "hunter2"}
	got := leadrail(t.Context(), environment, "api", "-listen", "127.0.0.1:0")
	var line struct {
		Msg     string            `json:"msg"`
		Version string            `json:"version"`
		Config  map[string]string `json:"config"`
	}
	require.NoError(t, json.NewDecoder(bytes.NewBufferString(got.Err)).Decode(&line))
	require.Equal(t, "starting", line.Msg)
	require.NotEmpty(t, line.Version)
	require.Equal(t, map[string]string{"LEADRAIL_LOG_FORMAT": "json", "LEADRAIL_LISTEN": "127.0.0.1:0"}, line.Config)

	quiet := leadrail(t.Context(), environment, "api", "-log-level", "error")
	require.NotContains(t, quiet.Err, "starting")
}
