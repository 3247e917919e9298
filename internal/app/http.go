package app

import (
	"context"
	"net"
	"net/http"
	"time"

	"leadrail/internal/config"
	"leadrail/internal/telemetry"
)

// newHTTPServer bounds what one connection can hold on to.
func newHTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// drain lets load balancers notice that the API is about to stop: it serves on
// for a while, and says that it is not ready.
func (p Parts) drain(roles Roles) {
	p.stopping.Store(true)
	if roles.API {
		<-time.After(p.config.DrainDelay)
	}
}

// startMetrics serves metrics until stop is called. A port that is taken is no
// reason not to take leads.
func (p Parts) startMetrics(ctx context.Context) (stop func()) {
	if p.config.MetricsListen == config.MetricsOff {
		return func() {}
	}
	var listenConfig net.ListenConfig
	listener, err := listenConfig.Listen(ctx, "tcp", p.config.MetricsListen)
	if err != nil {
		p.log.WarnContext(ctx, "no metrics: set LEADRAIL_METRICS_LISTEN to another address", "error", err)
		return func() {}
	}
	server := newHTTPServer(telemetry.NewHandler(telemetry.Sources{
		Intake: p.store.IntakeDepth, Deliveries: p.store.DeliveryDepth, Watch: p.watch,
	}))
	go server.Serve(listener)        // an error means that it was closed
	return func() { server.Close() } // nobody minds half a scrape
}
