package main

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	dc "go.temporal.io/server/common/dynamicconfig"
	"google.golang.org/grpc"
)

// attributesSettle is how long after a change of the search attributes every
// use reads them anew. What changes is their names, which are part of the
// namespace, and the server reads its namespaces anew every 2 s.
const attributesSettle = 10 * time.Second

// attributes is the server's configuration with one value that changes: search
// attributes are read from the database at each use only after somebody has
// changed them. Always doing so, which the server offers as well, costs each
// lead thirteen queries, one after the other under a lock.
type attributes struct {
	dc.StaticClient

	now     func() time.Time
	changed atomic.Pointer[time.Time]
	// always and cached are the two values. The server remembers what it made
	// of a value by its address.
	always, cached []dc.ConstrainedValue
}

func newAttributes(config dc.StaticClient, now func() time.Time) *attributes {
	return &attributes{
		StaticClient: config, now: now,
		always: []dc.ConstrainedValue{{Value: true}}, cached: []dc.ConstrainedValue{{Value: false}},
	}
}

// GetValue implements dc.Client.
func (a *attributes) GetValue(key dc.Key) []dc.ConstrainedValue {
	if key != dc.ForceSearchAttributesCacheRefreshOnRead.Key() {
		return a.StaticClient.GetValue(key)
	}
	if changed := a.changed.Load(); changed != nil && a.now().Sub(*changed) < attributesSettle {
		return a.always
	}
	return a.cached
}

// watch is an interceptor of the frontend that notices changes. They count from
// the moment of the answer, so a caller can use an attribute at once.
func (a *attributes) watch(
	ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler,
) (answer any, err error) {
	switch request.(type) {
	case *operatorservice.AddSearchAttributesRequest, *operatorservice.RemoveSearchAttributesRequest:
		defer func() {
			now := a.now()
			a.changed.Store(&now)
		}()
	}
	return handle(ctx, request)
}
