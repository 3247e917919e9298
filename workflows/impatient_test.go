package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"leadrail/models"
	"leadrail/workflows"
)

// Who has another way is told at once that Temporal is away.
func TestImpatientCallsAreNotRepeated(t *testing.T) {
	t.Parallel()
	frontend := &shutFrontend{says: status.New(codes.Unavailable, "shutting down")}
	runs := frontend.serve(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	frontend.enough = cancel

	_, err := runs.StartCapture(workflows.Impatient(ctx), workflows.CaptureInput{}, workflows.Labels{})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	require.Equal(t, int32(1), frontend.asked.Load())

	_, err = runs.StartCapture(ctx, workflows.CaptureInput{}, workflows.Labels{})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	require.Equal(t, int32(3), frontend.asked.Load(), "others are repeated until their time is up")
}
