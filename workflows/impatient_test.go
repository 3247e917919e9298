package workflows_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"leadrail/models"
	"leadrail/workflows"
)

// shutFrontend is a Temporal server that starts nothing.
type shutFrontend struct {
	workflowservice.UnimplementedWorkflowServiceServer

	asked atomic.Int32
	// enough is called when it was asked for the third time.
	enough func()
}

func (*shutFrontend) GetSystemInfo(
	context.Context, *workflowservice.GetSystemInfoRequest,
) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (f *shutFrontend) StartWorkflowExecution(
	context.Context, *workflowservice.StartWorkflowExecutionRequest,
) (*workflowservice.StartWorkflowExecutionResponse, error) {
	if f.asked.Add(1) == 3 {
		f.enough()
	}
	return nil, status.Error(codes.Unavailable, "shutting down")
}

// Who has another way is told at once that Temporal is away.
func TestImpatientCallsAreNotRepeated(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	frontend, server := &shutFrontend{}, grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, frontend)
	go server.Serve(listener) //nolint:errcheck // it ends with Stop
	t.Cleanup(server.Stop)
	temporal, err := client.DialContext(t.Context(), client.Options{
		HostPort: listener.Addr().String(),
		ConnectionOptions: client.ConnectionOptions{
			DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(workflows.FailFast)},
		},
	})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	runs := workflows.NewClient(temporal)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	frontend.enough = cancel

	_, err = runs.StartCapture(workflows.Impatient(ctx), workflows.CaptureInput{}, workflows.Labels{})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	require.Equal(t, int32(1), frontend.asked.Load())

	_, err = runs.StartCapture(ctx, workflows.CaptureInput{}, workflows.Labels{})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	require.Equal(t, int32(3), frontend.asked.Load(), "others are repeated until their time is up")
}
