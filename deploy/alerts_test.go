package deploy_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// alert is one rule of deploy/alerts.yml.
type alert struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// alerts reads the file as Prometheus does: a name that it does not know is an
// error.
func alerts(t *testing.T) []alert {
	t.Helper()
	text, err := os.Open("alerts.yml")
	require.NoError(t, err)
	defer text.Close()
	var file struct {
		Groups []struct {
			Name  string  `yaml:"name"`
			Rules []alert `yaml:"rules"`
		} `yaml:"groups"`
	}
	decoder := yaml.NewDecoder(text)
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&file))
	require.Len(t, file.Groups, 1)
	require.NotEmpty(t, file.Groups[0].Rules)
	return file.Groups[0].Rules
}

// series are the names under which Prometheus keeps what the processes tell, by
// the golden file that internal/telemetry is held to.
func series(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../internal/telemetry/testdata/metrics.txt")
	require.NoError(t, err)
	var names []string
	for _, found := range regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`).FindAllStringSubmatch(string(text), -1) {
		if found[2] == "histogram" {
			names = append(names, found[1]+"_bucket", found[1]+"_count", found[1]+"_sum")
		} else {
			names = append(names, found[1])
		}
	}
	return names
}

func TestAlertsAskForMetricsThatExist(t *testing.T) {
	t.Parallel()
	known := series(t)
	labels := map[string][]string{
		"leadrail_intake_leads":                        {"state"},
		"leadrail_accepted_total":                      {"way"},
		"leadrail_attempts_total":                      {"type", "outcome", "code"},
		"leadrail_http_request_duration_seconds_count": {"method", "route", "status"},
	}
	for _, rule := range alerts(t) {
		selectors := regexp.MustCompile(`(leadrail_\w+)(?:\{([^}]*)\})?`).FindAllStringSubmatch(rule.Expr, -1)
		require.NotEmpty(t, selectors, rule.Alert)
		for _, selector := range selectors {
			require.Contains(t, known, selector[1], rule.Alert)
			for _, matcher := range regexp.MustCompile(`(\w+)[!=]`).FindAllStringSubmatch(selector[2], -1) {
				require.Contains(t, labels[selector[1]], matcher[1], rule.Alert)
			}
		}
		require.Equal(t, strings.Count(rule.Expr, "("), strings.Count(rule.Expr, ")"), rule.Alert)
	}
}

func TestEveryAlertSaysWhatToDo(t *testing.T) {
	t.Parallel()
	runbook, err := os.ReadFile("../docs/operations.md")
	require.NoError(t, err)
	var seen []string
	for _, rule := range alerts(t) {
		require.NotContains(t, seen, rule.Alert)
		seen = append(seen, rule.Alert)
		held, err := time.ParseDuration(rule.For)
		require.NoError(t, err, rule.Alert)
		require.GreaterOrEqual(t, held, time.Minute, "%s: a restart is no alert", rule.Alert)
		require.Contains(t, []string{"page", "ticket"}, rule.Labels["severity"], rule.Alert)
		require.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
		require.NotEmpty(t, rule.Annotations["action"], rule.Alert)
		anchor, ours := strings.CutPrefix(rule.Annotations["runbook"], "docs/operations.md#")
		require.True(t, ours, rule.Alert)
		require.True(t, slices.Contains(anchors(string(runbook)), anchor), "%s: %s", rule.Alert, anchor)
	}
}

// anchors are those that a reader's browser finds the headings of a page by.
func anchors(page string) []string {
	var found []string
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		words := regexp.MustCompile(`[^\w -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		found = append(found, strings.ReplaceAll(words, " ", "-"))
	}
	return found
}
