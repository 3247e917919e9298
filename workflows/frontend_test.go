package workflows_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"

	"leadrail/models"
	"leadrail/workflows"
)

// shutFrontend is a Temporal server that starts nothing.
type shutFrontend struct {
	workflowservice.UnimplementedWorkflowServiceServer

	// says is why.
	says  *status.Status
	asked atomic.Int32
	// enough is called when it was asked for the third time; nil for never.
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
	if f.asked.Add(1) == 3 && f.enough != nil {
		f.enough()
	}
	return nil, f.says.Err()
}

// serve returns a client of the server.
func (f *shutFrontend) serve(t *testing.T) *workflows.Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, f)
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
	return workflows.NewClient(temporal)
}

// A lead that the server cannot take for want of search attributes waits like one
// that cannot reach it; a lead that the server refuses would wait for ever.
func TestAServerWithoutTheSearchAttributesIsAway(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]models.Code{
		"Namespace default has no mapping defined for search attribute LeadForm": models.CodeUnavailable,
		"search attribute LeadForm is not defined":                               models.CodeUnavailable,
		"search attribute LeadForm value size 3000 exceeds size limit 2048":      models.CodeInternal,
		"blob data size exceeds limit":                                           models.CodeInternal,
	} {
		frontend := &shutFrontend{says: serviceerror.ToStatus(serviceerror.NewInvalidArgument(says))}
		_, err := frontend.serve(t).StartCapture(t.Context(), workflows.CaptureInput{}, workflows.Labels{})
		require.Error(t, err)
		require.Equal(t, want, models.CodeOf(err), says)
		require.Equal(t, int32(1), frontend.asked.Load(), "it would say the same again")
	}
}
