package telemetry_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/telemetry"
	"leadrail/models"
)

func scrapeDeliveries(t *testing.T, depth models.DeliveryDepth, err error) string {
	t.Helper()
	return scrape(t, telemetry.Sources{
		Intake: nothingWaits,
		Deliveries: func(ctx context.Context) (models.DeliveryDepth, error) {
			_, bounded := ctx.Deadline()
			require.True(t, bounded)
			return depth, err
		},
	})
}

func TestMetricsTellWhatIsNotDelivered(t *testing.T) {
	t.Parallel()
	oldest, due := time.Now().Add(-time.Hour), time.Now().Add(-time.Minute)
	text := scrapeDeliveries(t, models.DeliveryDepth{Undelivered: 7, Oldest: &oldest, Waiting: 3, NextDue: &due}, nil)
	require.Contains(t, text, "leadrail_undelivered_deliveries 7\n")
	require.Regexp(t, `leadrail_undelivered_oldest_age_seconds 36\d\d\.`, text)
	require.Contains(t, text, "leadrail_deliveries_waiting 3\n")
	require.Regexp(t, `leadrail_deliveries_next_attempt_overdue_seconds 6\d\.`, text)
}

func TestMetricsOfADayOnWhichAllIsDelivered(t *testing.T) {
	t.Parallel()
	due := time.Now().Add(time.Hour)
	text := scrapeDeliveries(t, models.DeliveryDepth{Waiting: 1, NextDue: &due}, nil)
	require.Contains(t, text, "leadrail_undelivered_deliveries 0\n")
	require.Contains(t, text, "leadrail_undelivered_oldest_age_seconds 0\n")
	require.Contains(t, text, "leadrail_deliveries_next_attempt_overdue_seconds 0\n", "it is not due yet")
}

func TestWithoutADatabaseNoDeliveriesAreCounted(t *testing.T) {
	t.Parallel()
	text := scrapeDeliveries(t, models.DeliveryDepth{}, errors.New("away"))
	require.NotContains(t, text, "leadrail_undelivered")
	require.NotContains(t, text, "leadrail_deliveries")
	require.Contains(t, text, "leadrail_intake_leads")
}
