package telemetry_test

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/require"

	"leadrail/internal/telemetry"
	"leadrail/models"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sources are those of a process whose database answers.
func sources(watch *telemetry.Watch) telemetry.Sources {
	return telemetry.Sources{
		Intake:     func(context.Context) (models.IntakeDepth, error) { return models.IntakeDepth{}, nil },
		Deliveries: func(context.Context) (models.DeliveryDepth, error) { return models.DeliveryDepth{}, nil },
		Watch:      watch,
	}
}

// exposition is what Prometheus reads of ours.
func exposition(t *testing.T, watch *telemetry.Watch) string {
	t.Helper()
	answer := httptest.NewRecorder()
	telemetry.NewHandler(sources(watch)).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	require.Equal(t, http.StatusOK, answer.Code)
	var ours strings.Builder
	for line := range strings.Lines(answer.Body.String()) {
		if strings.Contains(line, "leadrail_") {
			ours.WriteString(line)
		}
	}
	return ours.String()
}

// busy is a watch that has seen one of everything.
func busy(t *testing.T) *telemetry.Watch {
	t.Helper()
	watch := telemetry.NewWatch(nil)
	for _, way := range []string{"temporal", "intake", "repeat"} {
		watch.Accepted(t.Context(), "sub_1", way)
	}
	watch.Refused("invalid")
	_, done := watch.Request(httptest.NewRequest(http.MethodPost, "/v1/submissions", http.NoBody), "/v1/submissions")
	done(http.StatusAccepted)
	finished := start.Add(2 * time.Second)
	watch.Attempted(models.Delivery{Type: models.ActionWebhook},
		models.Attempt{Outcome: models.OutcomeDelivered, DurationMS: 300, FinishedAt: &finished}, start)
	watch.Attempted(models.Delivery{Type: models.ActionSlack},
		models.Attempt{Outcome: models.OutcomeRetry, ErrorCode: models.ErrorHTTPStatus, DurationMS: 20, FinishedAt: &finished}, start)
	watch.Attempted(models.Delivery{Type: models.ActionEmail},
		models.Attempt{Outcome: models.OutcomeGiveUp, ErrorCode: models.ErrorActionDisabled, FinishedAt: &finished}, start)
	watch.Attempted(models.Delivery{Type: models.ActionClient},
		models.Attempt{Outcome: models.OutcomeDelivered, DurationMS: 1000, FinishedAt: &finished}, start)
	_, end := watch.Relay(t.Context(), "sub_1")
	end(true)
	watch.PutOff()
	return watch
}

var start = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// Dashboards and alerts of others hang on these names.
func TestNamesOfMetrics(t *testing.T) {
	t.Parallel()
	var names strings.Builder
	for line := range strings.Lines(exposition(t, busy(t))) {
		if strings.HasPrefix(line, "#") {
			names.WriteString(line)
		}
	}
	const golden = "testdata/metrics.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(names.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), names.String()))
}

func TestMetricsAreAsPrometheusAdvises(t *testing.T) {
	t.Parallel()
	problems, err := promlint.New(strings.NewReader(exposition(t, busy(t)))).Lint()
	require.NoError(t, err)
	require.Empty(t, problems)
}

func TestWhatIsCounted(t *testing.T) {
	t.Parallel()
	text := exposition(t, busy(t))
	for _, line := range []string{
		`leadrail_accepted_total{way="temporal"} 1`,
		`leadrail_accepted_total{way="repeat"} 1`,
		`leadrail_refused_total{code="invalid"} 1`,
		`leadrail_http_request_duration_seconds_count{method="POST",route="/v1/submissions",status="202"} 1`,
		`leadrail_attempts_total{code="",outcome="delivered",type="webhook"} 1`,
		`leadrail_attempts_total{code="http_status",outcome="retry",type="slack"} 1`,
		`leadrail_attempts_total{code="action_disabled",outcome="give_up",type="email"} 1`,
		`leadrail_attempts_total{code="",outcome="delivered",type="client"} 1`,
		`leadrail_attempt_duration_seconds_sum{type="webhook"} 0.3`,
		`leadrail_delivery_age_seconds_sum 2`,
		`leadrail_delivery_age_seconds_count 1`, // only what the server delivered has an age
		`leadrail_relay_started_total 1`,
		`leadrail_crowded_total 1`,
	} {
		require.Contains(t, text, line+"\n")
	}
	require.NotContains(t, text, `leadrail_attempt_duration_seconds_count{type="email"}`, "no request was made")
	require.NotContains(t, text, `leadrail_attempt_duration_seconds_count{type="client"}`, "the time is a visitor's")
	require.NotContains(t, text, "sub_1")
}

func TestStrangersMakeUpNoLabels(t *testing.T) {
	t.Parallel()
	watch := telemetry.NewWatch(nil)
	for _, method := range []string{"BREW", "WHEN"} {
		_, done := watch.Request(httptest.NewRequest(method, "/made/up?by=me", http.NoBody), "")
		done(http.StatusNotFound)
	}
	require.Contains(t, exposition(t, watch),
		`leadrail_http_request_duration_seconds_count{method="_OTHER",route="none",status="404"} 2`)
}

func TestALeadThatWasRelayedBeforeIsNotCountedAgain(t *testing.T) {
	t.Parallel()
	watch := telemetry.NewWatch(nil)
	_, end := watch.Relay(t.Context(), "sub_1")
	end(false)
	require.Contains(t, exposition(t, watch), "leadrail_relay_started_total 0\n")
}
