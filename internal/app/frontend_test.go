package app_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// frontend is a Temporal server that knows what the doctor asks.
type frontend struct {
	workflowservice.UnimplementedWorkflowServiceServer
	operatorservice.UnimplementedOperatorServiceServer

	address    string
	namespace  string
	attributes map[string]enums.IndexedValueType
	// polls are when each worker last asked for tasks.
	polls []time.Time
}

// startFrontend starts one with which everything is well.
func startFrontend(t *testing.T, options ...grpc.ServerOption) *frontend {
	t.Helper()
	const keyword = enums.INDEXED_VALUE_TYPE_KEYWORD
	f := &frontend{
		namespace: "default",
		attributes: map[string]enums.IndexedValueType{
			"LeadForm": keyword, "LeadAgent": keyword, "LeadStatus": keyword, "LeadTier": keyword, "LeadTeam": keyword,
			"LeadScore": enums.INDEXED_VALUE_TYPE_INT,
		},
		polls: []time.Time{time.Now().Add(-time.Hour), time.Now().Add(-time.Minute)},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f.address = listener.Addr().String()
	server := grpc.NewServer(options...)
	workflowservice.RegisterWorkflowServiceServer(server, f)
	operatorservice.RegisterOperatorServiceServer(server, f)
	go server.Serve(listener) //nolint:errcheck // it ends with Stop
	t.Cleanup(server.Stop)
	return f
}

func (f *frontend) GetSystemInfo(
	context.Context, *workflowservice.GetSystemInfoRequest,
) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

func (f *frontend) DescribeNamespace(
	_ context.Context, request *workflowservice.DescribeNamespaceRequest,
) (*workflowservice.DescribeNamespaceResponse, error) {
	if request.GetNamespace() != f.namespace {
		return nil, serviceerror.ToStatus(serviceerror.NewNamespaceNotFound(request.GetNamespace())).Err()
	}
	return &workflowservice.DescribeNamespaceResponse{Config: &namespacepb.NamespaceConfig{
		WorkflowExecutionRetentionTtl: durationpb.New(36 * time.Hour),
	}}, nil
}

func (f *frontend) ListSearchAttributes(
	context.Context, *operatorservice.ListSearchAttributesRequest,
) (*operatorservice.ListSearchAttributesResponse, error) {
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: f.attributes}, nil
}

func (f *frontend) DescribeTaskQueue(
	_ context.Context, request *workflowservice.DescribeTaskQueueRequest,
) (*workflowservice.DescribeTaskQueueResponse, error) {
	answer := &workflowservice.DescribeTaskQueueResponse{}
	if request.GetTaskQueue().GetName() == "leads" {
		for _, at := range f.polls {
			answer.Pollers = append(answer.Pollers, &taskqueuepb.PollerInfo{LastAccessTime: timestamppb.New(at)})
		}
	}
	return answer, nil
}
