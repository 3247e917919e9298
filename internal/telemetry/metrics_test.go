package telemetry_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/telemetry"
	"leadrail/models"
)

func scrape(t *testing.T, sources telemetry.Sources) string {
	t.Helper()
	answer := httptest.NewRecorder()
	telemetry.NewHandler(sources).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	require.Equal(t, http.StatusOK, answer.Code)
	return answer.Body.String()
}

func scrapeIntake(t *testing.T, look func(context.Context) (models.IntakeDepth, error)) string {
	t.Helper()
	return scrape(t, telemetry.Sources{Intake: look, Deliveries: func(context.Context) (models.DeliveryDepth, error) {
		return models.DeliveryDepth{}, nil
	}})
}

func nothingWaits(context.Context) (models.IntakeDepth, error) { return models.IntakeDepth{}, nil }

func TestMetricsTellWhatWaits(t *testing.T) {
	t.Parallel()
	since := time.Now().Add(-time.Minute)
	text := scrapeIntake(t, func(ctx context.Context) (models.IntakeDepth, error) {
		_, bounded := ctx.Deadline()
		require.True(t, bounded)
		return models.IntakeDepth{Waiting: 12, Conflicts: 1, Oldest: &since}, nil
	})
	require.Contains(t, text, `leadrail_intake_leads{state="waiting"} 12`)
	require.Contains(t, text, `leadrail_intake_leads{state="conflict"} 1`)
	require.Regexp(t, `leadrail_intake_oldest_age_seconds 6\d\.`, text)
	require.Contains(t, text, "go_goroutines")
}

func TestMetricsOfAnEmptyIntake(t *testing.T) {
	t.Parallel()
	text := scrapeIntake(t, nothingWaits)
	require.Contains(t, text, "leadrail_intake_oldest_age_seconds 0")
}

func TestWithoutADatabaseTheOtherMetricsStay(t *testing.T) {
	t.Parallel()
	text := scrapeIntake(t, func(context.Context) (models.IntakeDepth, error) { return models.IntakeDepth{}, errors.New("away") })
	require.NotContains(t, text, "leadrail_intake")
	require.Contains(t, text, "go_goroutines")
}

func TestProfilesAreServed(t *testing.T) {
	t.Parallel()
	answer := httptest.NewRecorder()
	telemetry.NewHandler(telemetry.Sources{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/debug/pprof/", http.NoBody))
	require.Equal(t, http.StatusOK, answer.Code)
	require.Contains(t, answer.Body.String(), "goroutine")
}
