package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"leadrail/activities"
	"leadrail/models"
)

const (
	// pagesPerRun bounds the history of a run; the next run goes on.
	pagesPerRun = 500
	// pauseLook is how often a paused replay looks whether it is resumed where the
	// word of it was lost.
	pauseLook = 10 * time.Minute
)

// ReplayInput starts one run of a replay of many leads, or goes on with it.
type ReplayInput struct {
	ReplayID      string                  `json:"replayId"`
	RatePerSecond int                     `json:"ratePerSecond"`
	After         *activities.ReplayPlace `json:"after,omitempty"`
}

// Replay replays the failed leads that a filter selects, a page a second. Whether
// it goes on, is paused or has ended stands in the database, and each page asks:
// a signal only wakes it.
func Replay(ctx workflow.Context, in ReplayInput) error {
	err := replayPages(ctx, &in)
	if temporal.IsCanceledError(err) {
		always, release := workflow.NewDisconnectedContext(ctx)
		defer release()
		var replay *activities.Replay
		if cancelErr := runStored(always, "cancel", replay.CancelReplay, in.ReplayID, nil); cancelErr != nil {
			return cancelErr
		}
	}
	return err
}

func replayPages(ctx workflow.Context, in *ReplayInput) error {
	var replay *activities.Replay
	wake := workflow.GetSignalChannel(ctx, WakeSignal)
	for range pagesPerRun {
		var page activities.ReplayPageResult
		began := workflow.Now(ctx)
		err := workflow.ExecuteActivity(pageOptions(ctx, "replay leads"), replay.ReplayLeads, activities.ReplayPageInput{
			ReplayID: in.ReplayID, After: in.After, Limit: in.RatePerSecond,
		}).Get(ctx, &page)
		if err != nil {
			return err
		}
		in.After = page.After
		wait := time.Second - workflow.Now(ctx).Sub(began)
		switch page.Status {
		case models.ReplayRunning:
		case models.ReplayPaused:
			wait = pauseLook
		default:
			return nil
		}
		if err := sleep(ctx, wake, wait); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, ReplayName, *in)
}

// sleep waits, less long where somebody wakes it.
func sleep(ctx workflow.Context, wake workflow.ReceiveChannel, wait time.Duration) error {
	timing, stop := workflow.WithCancel(ctx)
	defer stop()
	workflow.NewSelector(ctx).
		AddFuture(workflow.NewTimer(timing, wait), func(workflow.Future) {}).
		AddReceive(wake, func(channel workflow.ReceiveChannel, _ bool) { channel.Receive(ctx, nil) }).
		Select(ctx)
	return ctx.Err()
}
