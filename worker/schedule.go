package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"leadrail/workflows"
)

const (
	// reconcileEvery is the time between two rounds of the reconciler.
	reconcileEvery = time.Minute
	// catchUp is how late a round may begin; the server takes no less. What was
	// missed for longer the next round does.
	catchUp = 10 * time.Second
)

// EnsureSchedule makes sure that the reconciler's schedule exists and is as this
// program wants it. It is idempotent, and what somebody paused stays paused.
func EnsureSchedule(ctx context.Context, server client.Client) error {
	schedules := server.ScheduleClient()
	_, err := schedules.Create(ctx, client.ScheduleOptions{
		ID: workflows.ReconcileSchedule, Spec: *everyMinute(), Action: round(),
		Overlap: policy().Overlap, CatchupWindow: policy().CatchupWindow,
	})
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		err = schedules.GetHandle(ctx, workflows.ReconcileSchedule).Update(ctx, client.ScheduleUpdateOptions{DoUpdate: asWanted})
	}
	if err != nil {
		return fmt.Errorf("make schedule %s: %w", workflows.ReconcileSchedule, err)
	}
	return nil
}

func everyMinute() *client.ScheduleSpec {
	return &client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: reconcileEvery}}}
}

func round() *client.ScheduleWorkflowAction {
	return &client.ScheduleWorkflowAction{
		ID: workflows.ReconcileSchedule, Workflow: workflows.ReconcileName, TaskQueue: workflows.TaskQueue,
		StaticSummary: "compares open leads with their workflows",
	}
}

func policy() *client.SchedulePolicies {
	return &client.SchedulePolicies{Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: catchUp}
}

// asWanted changes a schedule that was made by another version, or by hand.
func asWanted(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
	found := in.Description.Schedule
	if sameSpec(found.Spec, everyMinute()) && sameAction(found.Action, round()) && *found.Policy == *policy() {
		return nil, temporal.ErrSkipScheduleUpdate
	}
	return &client.ScheduleUpdate{Schedule: &client.Schedule{
		Spec: everyMinute(), Action: round(), Policy: policy(), State: found.State,
	}}, nil
}

func sameSpec(found, wanted *client.ScheduleSpec) bool {
	return slices.Equal(found.Intervals, wanted.Intervals) && len(found.Calendars)+len(found.Skip) == 0 &&
		found.StartAt.IsZero() && found.EndAt.IsZero() && found.Jitter == 0
}

func sameAction(found client.ScheduleAction, wanted *client.ScheduleWorkflowAction) bool {
	action, ok := found.(*client.ScheduleWorkflowAction)
	return ok && action.ID == wanted.ID && action.Workflow == wanted.Workflow && action.TaskQueue == wanted.TaskQueue &&
		action.StaticSummary == wanted.StaticSummary
}
