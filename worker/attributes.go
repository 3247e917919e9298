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
	request := &operatorservice.AddSearchAttributesRequest{
		Namespace:        namespace,
		SearchAttributes: map[string]enums.IndexedValueType{},
	}
	for _, key := range workflows.SearchAttributes() {
		request.SearchAttributes[key.GetName()] = key.GetValueType()
	}
	for {
		_, err := temporal.OperatorService().AddSearchAttributes(ctx, request)
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

// starting reports whether the error is one of a server that is not ready.
func starting(err error) bool {
	var namespace *serviceerror.NamespaceNotFound
	var unavailable *serviceerror.Unavailable
	return errors.As(err, &namespace) || errors.As(err, &unavailable)
}
