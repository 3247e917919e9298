package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"leadrail/workflows"
)

// pollInterval is how often a freshly started server is asked again.
const pollInterval = 200 * time.Millisecond

// RegisterSearchAttributes makes sure that the namespace knows every attribute
// that the workflows write. It is idempotent, and it waits, until ctx ends, for
// a namespace that a starting server does not serve yet.
func RegisterSearchAttributes(ctx context.Context, temporal client.Client, namespace string) error {
	for {
		err := addSearchAttributes(ctx, temporal.OperatorService(), namespace)
		var known *serviceerror.AlreadyExists
		if err == nil || errors.As(err, &known) {
			return nil
		}
		if !starting(err) {
			return fmt.Errorf("register search attributes: %w", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("register search attributes: %w", err)
		case <-time.After(pollInterval):
		}
	}
}

// addSearchAttributes adds those that are missing. Where none is it only looks: adding
// may be forbidden, and has the server read its attributes anew for a while.
func addSearchAttributes(ctx context.Context, operator operatorservice.OperatorServiceClient, namespace string) error {
	found, err := operator.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return err
	}
	missing := map[string]enums.IndexedValueType{}
	for _, key := range workflows.SearchAttributes() {
		if _, known := found.GetCustomAttributes()[key.GetName()]; !known {
			missing[key.GetName()] = key.GetValueType()
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing,
	})
	return err
}

// starting reports whether the error is one of a server that is not ready.
func starting(err error) bool {
	var namespace *serviceerror.NamespaceNotFound
	var unavailable *serviceerror.Unavailable
	return errors.As(err, &namespace) || errors.As(err, &unavailable)
}
