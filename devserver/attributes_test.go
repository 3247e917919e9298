package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	dc "go.temporal.io/server/common/dynamicconfig"
)

func TestSearchAttributesAreReadAnewOnlyAfterTheyChanged(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	config := newAttributes(dc.StaticClient{dc.HistoryRPS.Key(): 7}, func() time.Time { return at })
	anew := func() any { return config.GetValue(dc.ForceSearchAttributesCacheRefreshOnRead.Key())[0].Value }
	answer := func(context.Context, any) (any, error) {
		require.Equal(t, false, anew())
		at = at.Add(time.Second) // the change takes a while
		return "answer", nil
	}
	require.Equal(t, false, anew())
	require.Equal(t, 7, config.GetValue(dc.HistoryRPS.Key())[0].Value)

	_, err := config.watch(t.Context(), &workflowservice.StartWorkflowExecutionRequest{}, nil, answer)
	require.NoError(t, err)
	require.Equal(t, false, anew())

	for _, change := range []any{&operatorservice.AddSearchAttributesRequest{}, &operatorservice.RemoveSearchAttributesRequest{}} {
		got, err := config.watch(t.Context(), change, nil, answer)
		require.NoError(t, err)
		require.Equal(t, "answer", got)
		require.Equal(t, true, anew())
		at = at.Add(attributesSettle - time.Nanosecond)
		require.Equal(t, true, anew())
		at = at.Add(time.Nanosecond)
		require.Equal(t, false, anew())
	}
}
