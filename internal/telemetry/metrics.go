package telemetry

import (
	"context"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"leadrail/models"
)

// scrapeTimeout bounds what is asked of the database for one scrape.
const scrapeTimeout = 2 * time.Second

// Sources are what the metrics are read from at each scrape.
type Sources struct {
	// Intake tells how many leads wait for their workflows.
	Intake func(ctx context.Context) (models.IntakeDepth, error)
	// Deliveries tells how many gave up or wait for an attempt.
	Deliveries func(ctx context.Context) (models.DeliveryDepth, error)
	// Watch is what the process counts as it happens; nil for nothing.
	Watch *Watch
}

// NewHandler serves /metrics, and the profiles under /debug/pprof/.
func NewHandler(sources Sources) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		newIntake(sources.Intake),
		newDeliveries(sources.Deliveries),
	)
	if sources.Watch != nil {
		registry.MustRegister(sources.Watch.counters.all()...)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// intake reads the depth of the intake when it is scraped. While the database is
// away it has no values, which is what an alert on absence is for.
type intake struct {
	look  func(ctx context.Context) (models.IntakeDepth, error)
	leads *prometheus.Desc
	age   *prometheus.Desc
}

func newIntake(look func(ctx context.Context) (models.IntakeDepth, error)) *intake {
	return &intake{
		look: look,
		leads: prometheus.NewDesc("leadrail_intake_leads",
			"Accepted leads whose workflows are not started: waiting for Temporal, or in conflict with another request.",
			[]string{"state"}, nil),
		age: prometheus.NewDesc("leadrail_intake_oldest_age_seconds",
			"How long the first of the waiting leads has waited; 0 when none waits.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (i *intake) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- i.leads
	descriptions <- i.age
}

// Collect implements prometheus.Collector.
func (i *intake) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	depth, err := i.look(ctx)
	if err != nil {
		return
	}
	metrics <- prometheus.MustNewConstMetric(i.leads, prometheus.GaugeValue, float64(depth.Waiting), "waiting")
	metrics <- prometheus.MustNewConstMetric(i.leads, prometheus.GaugeValue, float64(depth.Conflicts), "conflict")
	metrics <- prometheus.MustNewConstMetric(i.age, prometheus.GaugeValue, secondsSince(depth.Oldest))
}
