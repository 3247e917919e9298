package main

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"
)

// ensureNamespace creates the namespace or corrects its retention, and returns
// once the server's own caches know it: workers may then start at once.
func ensureNamespace(ctx context.Context, conn *grpc.ClientConn, name string, retention time.Duration) error {
	client := workflowservice.NewWorkflowServiceClient(conn)
	if err := poll(ctx, func(ctx context.Context) error {
		return createNamespace(ctx, client, name, retention)
	}); err != nil {
		return err
	}
	return poll(ctx, func(ctx context.Context) error { return useNamespace(ctx, client, name) })
}

func createNamespace(ctx context.Context, client workflowservice.WorkflowServiceClient, name string, retention time.Duration) error {
	found, err := client.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	if isNamespaceNotFound(err) {
		_, err = client.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        name,
			WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		})
		return err
	}
	if err != nil || found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() == retention {
		return err
	}
	_, err = client.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: name,
		Config:    &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)},
	})
	return err
}

// useNamespace asks matching and visibility something that needs the
// namespace. Describing it would not do: that reads the database, not the
// caches that answer everyone else.
func useNamespace(ctx context.Context, client workflowservice.WorkflowServiceClient, name string) error {
	_, err := client.DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace:     name,
		TaskQueue:     &taskqueuepb.TaskQueue{Name: "readiness"},
		TaskQueueType: enumspb.TASK_QUEUE_TYPE_WORKFLOW,
	})
	if err != nil {
		return err
	}
	_, err = client.CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: name})
	return err
}

func isNamespaceNotFound(err error) bool {
	_, ok := errors.AsType[*serviceerror.NamespaceNotFound](serviceerror.FromStatus(statusOf(err)))
	return ok
}
