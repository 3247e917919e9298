package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

const (
	pollInterval = 50 * time.Millisecond
	// frontendService is the name the frontend answers health checks under.
	frontendService = "temporal.api.workflowservice.v1.WorkflowService"
)

// poll repeats attempt until it succeeds or ctx ends, and then says what the
// last attempt complained about.
func poll(ctx context.Context, attempt func(context.Context) error) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	var last error
	for {
		err := attempt(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err // an error caused by the end of ctx tells nothing new
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), last)
		case <-ticker.C:
		}
	}
}

// bounded runs work that cannot be interrupted and stops waiting for it when
// ctx ends. The work itself goes on until the process exits.
func bounded(ctx context.Context, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// dialFrontend prepares a connection; nothing is sent yet.
func dialFrontend(addr string) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// awaitHealth returns once the frontend says that it serves.
func awaitHealth(ctx context.Context, conn *grpc.ClientConn) error {
	client := healthpb.NewHealthClient(conn)
	return poll(ctx, func(ctx context.Context) error {
		resp, err := client.Check(ctx, &healthpb.HealthCheckRequest{Service: frontendService})
		if err != nil {
			return err
		}
		if resp.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			return errors.New("the frontend is not serving")
		}
		return nil
	})
}

func statusOf(err error) *status.Status {
	st, _ := status.FromError(err)
	return st
}
