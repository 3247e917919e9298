package worker

import (
	"context"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"google.golang.org/grpc"

	"leadrail/workflows"
)

// operator is a server's operator service, with the attributes that it knows.
type operator struct {
	operatorservice.OperatorServiceClient

	known map[string]enums.IndexedValueType
	added []map[string]enums.IndexedValueType
}

func (o *operator) ListSearchAttributes(
	context.Context, *operatorservice.ListSearchAttributesRequest, ...grpc.CallOption,
) (*operatorservice.ListSearchAttributesResponse, error) {
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: o.known}, nil
}

func (o *operator) AddSearchAttributes(
	_ context.Context, request *operatorservice.AddSearchAttributesRequest, _ ...grpc.CallOption,
) (*operatorservice.AddSearchAttributesResponse, error) {
	o.added = append(o.added, request.GetSearchAttributes())
	maps.Copy(o.known, request.GetSearchAttributes())
	return &operatorservice.AddSearchAttributesResponse{}, nil
}

func TestWhatIsMissingIsAddedOnce(t *testing.T) {
	t.Parallel()
	o := &operator{known: map[string]enums.IndexedValueType{
		workflows.LeadStatus.GetName(): workflows.LeadStatus.GetValueType(),
		"SomebodyElses":                enums.INDEXED_VALUE_TYPE_TEXT,
	}}
	require.NoError(t, addSearchAttributes(t.Context(), o, "default"))
	require.Len(t, o.added, 1)
	require.Len(t, o.added[0], len(workflows.SearchAttributes())-1)
	require.NotContains(t, o.added[0], workflows.LeadStatus.GetName())

	require.NoError(t, addSearchAttributes(t.Context(), o, "default"))
	require.Len(t, o.added, 1, "none is missing any more")
}
