package main

import (
	"context"
	"flag"
	"time"

	"leadrail/internal/app"
)

// replayLeads begins a replay of failed leads and prints its id.
func replayLeads(flags *flag.FlagSet) func(ctx context.Context, e env) error {
	in := app.ReplayInput{}
	flags.StringVar(&in.FormID, "form", "", "Id of the form whose failed leads are replayed.")
	flags.StringVar(&in.AgentID, "agent", "", "Id of the agent whose failed leads are replayed.")
	flags.Func("from", "The first moment of submission that counts, in RFC 3339, for example 2027-01-31T00:00:00Z.", moment(&in.From))
	flags.Func("to", "The first moment of submission that does not.", moment(&in.To))
	flags.BoolVar(&in.All, "all", false, "Replay every failed lead.")
	flags.BoolVar(&in.DryRun, "dry-run", false, "Print how many leads there are, and change nothing.")
	flags.BoolVar(&in.Wait, "wait", false, "Wait until all have ended, and fail when some failed again.")
	flags.IntVar(&in.RatePerSecond, "rate", 0, "Leads a second, 1 to 50; 0 means 10.")
	return func(ctx context.Context, e env) error {
		in.Progress = e.errOut
		return app.Replay(ctx, e.config, in, e.out)
	}
}

// moment reads a flag that is a time.
func moment(at **time.Time) func(text string) error {
	return func(text string) error {
		parsed, err := time.Parse(time.RFC3339, text)
		*at = &parsed
		return err
	}
}
