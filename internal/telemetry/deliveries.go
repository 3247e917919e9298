package telemetry

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"leadrail/models"
)

// deliveries reads what is not delivered when it is scraped. As with the intake,
// there are no values while the database is away.
type deliveries struct {
	look        func(ctx context.Context) (models.DeliveryDepth, error)
	undelivered *prometheus.Desc
	age         *prometheus.Desc
	waiting     *prometheus.Desc
	overdue     *prometheus.Desc
}

func newDeliveries(look func(ctx context.Context) (models.DeliveryDepth, error)) *deliveries {
	return &deliveries{
		look: look,
		undelivered: prometheus.NewDesc("leadrail_undelivered_deliveries",
			"Deliveries that gave up and were neither replayed nor dismissed.", nil, nil),
		age: prometheus.NewDesc("leadrail_undelivered_oldest_age_seconds",
			"How long ago the first of them gave up; 0 when there is none.", nil, nil),
		waiting: prometheus.NewDesc("leadrail_deliveries_waiting",
			"Deliveries that failed at least once and will be attempted again.", nil, nil),
		overdue: prometheus.NewDesc("leadrail_deliveries_next_attempt_overdue_seconds",
			"How long the first of the waiting deliveries is past the time of its next attempt; 0 when none is.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (d *deliveries) Describe(descriptions chan<- *prometheus.Desc) {
	for _, description := range []*prometheus.Desc{d.undelivered, d.age, d.waiting, d.overdue} {
		descriptions <- description
	}
}

// Collect implements prometheus.Collector.
func (d *deliveries) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	depth, err := d.look(ctx)
	if err != nil {
		return
	}
	metrics <- prometheus.MustNewConstMetric(d.undelivered, prometheus.GaugeValue, float64(depth.Undelivered))
	metrics <- prometheus.MustNewConstMetric(d.age, prometheus.GaugeValue, secondsSince(depth.Oldest))
	metrics <- prometheus.MustNewConstMetric(d.waiting, prometheus.GaugeValue, float64(depth.Waiting))
	metrics <- prometheus.MustNewConstMetric(d.overdue, prometheus.GaugeValue, secondsSince(depth.NextDue))
}

// secondsSince is how long ago a moment was; 0 for one that is to come, or none.
func secondsSince(moment *time.Time) float64 {
	if moment == nil {
		return 0
	}
	return max(time.Since(*moment).Seconds(), 0)
}
