package worker

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	"leadrail/workflows"
)

// Connection says where Temporal is.
type Connection struct {
	// Address is host:port of the frontend.
	Address   string
	Namespace string
	// TLS is how to secure the connection; nil for plain gRPC.
	TLS *tls.Config
	// APIKey is sent with every call where it is not empty; it wants TLS.
	APIKey string
	Log    *slog.Logger
	// Tracer traces what goes through the connection, and the workers made from it;
	// nil traces nothing.
	Tracer trace.Tracer
}

// reconnect keeps the pause between two tries to reach Temporal short: after a
// restart of the server the worker is back within a second, where the default
// of gRPC would let it sleep for up to ten.
var reconnect = grpc.ConnectParams{
	Backoff: backoff.Config{
		BaseDelay:  100 * time.Millisecond,
		Multiplier: 1.6,
		Jitter:     0.2,
		MaxDelay:   time.Second,
	},
	MinConnectTimeout: 5 * time.Second,
}

// Dial connects to Temporal. It asks again until ctx ends, because a server may
// be starting beside us.
func Dial(ctx context.Context, connection Connection) (client.Client, error) {
	interceptors, err := Tracing(connection.Tracer)
	if err != nil {
		return nil, err
	}
	options := client.Options{
		Interceptors: interceptors,
		HostPort:     connection.Address,
		Namespace:    connection.Namespace,
		Logger:       log.NewStructuredLogger(connection.Log.With("component", "temporal")),
		ConnectionOptions: client.ConnectionOptions{
			TLS:             connection.TLS,
			GrpcCompression: &client.GrpcCompressionNone{}, // a lead is small and the server near
			DialOptions:     []grpc.DialOption{grpc.WithConnectParams(reconnect), grpc.WithChainUnaryInterceptor(workflows.FailFast)},
		},
	}
	if connection.APIKey != "" {
		options.Credentials = client.NewAPIKeyStaticCredentials(connection.APIKey)
	}
	var reason error
	for {
		temporal, err := client.DialContext(workflows.Impatient(ctx), options)
		if err == nil {
			return temporal, nil
		}
		if reason == nil || ctx.Err() == nil {
			reason = err // that time is up is none
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("connect to Temporal at %s: %w", connection.Address, reason)
		case <-time.After(pollInterval):
		}
	}
}
