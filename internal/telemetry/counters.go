package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Buckets of the histograms, in seconds.
var (
	requestBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	// attemptBuckets end where the time of an attempt does.
	attemptBuckets = []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30}
	// ageBuckets tell the four attempts of the usual schedule apart, and a replay
	// days later.
	ageBuckets = []float64{.1, .25, .5, 1, 5, 30, 90, 420, 3600, 21600, 86400, 604800}
)

// counters are what is counted as it happens, from the start of the process.
// Their labels have few values, whatever strangers send.
type counters struct {
	accepted    *prometheus.CounterVec
	refused     *prometheus.CounterVec
	requests    *prometheus.HistogramVec
	attempts    *prometheus.CounterVec
	attemptTime *prometheus.HistogramVec
	age         prometheus.Histogram
	relayed     prometheus.Counter
	putOff      prometheus.Counter
}

func newCounters() counters {
	return counters{
		accepted: counter("leadrail_accepted_total",
			"Submissions that were accepted: straight into Temporal, into the intake, or as a repeat of one that was.", "way"),
		refused: counter("leadrail_refused_total", "Submissions to a known form that were not accepted, by problem code.", "code"),
		requests: histogram("leadrail_http_request_duration_seconds",
			"Time from a request's headers to the end of its answer; a wait that it asked for counts. Of a stream, to its beginning.",
			requestBuckets, "method", "route", "status"),
		attempts: counter("leadrail_attempts_total",
			"Attempts of deliveries that reached a verdict; code is empty where it is delivered.", "type", "outcome", "code"),
		attemptTime: histogram("leadrail_attempt_duration_seconds",
			"Time of an attempt's request, from the first packet to the last.", attemptBuckets, "type"),
		age: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "leadrail_delivery_age_seconds", Help: "Time from a lead's submission to the success of a delivery.", Buckets: ageBuckets,
		}),
		relayed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "leadrail_relay_started_total", Help: "Leads that left the intake: their workflows were started.",
		}),
		putOff: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "leadrail_crowded_total", Help: "Attempts that were put off because their endpoint had enough under way.",
		}),
	}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

func (c counters) all() []prometheus.Collector {
	return []prometheus.Collector{
		c.accepted, c.refused, c.requests, c.attempts, c.attemptTime, c.age, c.relayed, c.putOff,
	}
}
