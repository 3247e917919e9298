package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"leadrail/internal/config"
	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// ReplayInput selects failed leads as the command line does.
type ReplayInput struct {
	FormID, AgentID string
	From, To        *time.Time
	// All must be set to replay without a filter.
	All           bool
	DryRun        bool
	RatePerSecond int
	// Wait makes the call last until the replayed leads have ended; how they stand
	// is written to Progress meanwhile.
	Wait     bool
	Progress io.Writer
}

func (in ReplayInput) filter() (*leads.ReplayFilter, error) {
	if !in.All && in.FormID == "" && in.AgentID == "" && in.From == nil && in.To == nil {
		return nil, errors.New("say which failed leads: -form, -agent, -from, -to, or -all")
	}
	return &leads.ReplayFilter{
		FormID: in.FormID, AgentID: in.AgentID, From: models.AtOrNil(in.From), To: models.AtOrNil(in.To),
	}, nil
}

// Replay begins a replay of failed leads, in the database and the Temporal of the
// configuration or of the "up" that runs on this machine, and writes its id; of a
// dry run it writes how many leads there are. Where it waits, it writes what came
// of them, too.
func Replay(ctx context.Context, c config.Config, in ReplayInput, out io.Writer) error {
	filter, err := in.filter()
	if err != nil {
		return err
	}
	if c.TemporalAddress == "" {
		c = c.WithOwnTemporal(loopbackOf(c.TemporalListen))
	}
	return withKeyStore(ctx, c, func(db *store.Store) error {
		temporal, err := dialTemporal(ctx, c, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			return err
		}
		defer temporal.Close()
		replays := &leads.BulkReplays{Store: db, Workflows: workflows.NewClient(temporal), Now: now}
		made, err := replays.CreateReplay(ctx, leads.BulkReplayInput{
			Filter: filter, DryRun: in.DryRun, RatePerSecond: in.RatePerSecond,
		})
		if err != nil {
			return err
		}
		if made.ReplayID == nil {
			fmt.Fprintln(out, made.Matched)
			return nil
		}
		fmt.Fprintln(out, *made.ReplayID)
		if err := recordChange(ctx, db, "replay.create", *made.ReplayID); err != nil || !in.Wait {
			return err
		}
		watch := replayWatch{leads.ReplayRef{ID: *made.ReplayID}, replays.Replay, newReplayProgress(in.Progress)}
		return watch.follow(ctx, out)
	})
}
