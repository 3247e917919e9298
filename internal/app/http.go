package app

import (
	"net/http"
	"time"
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
