package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"leadrail/internal/leads"
	"leadrail/models"
)

// How often a replay is looked at, and how often a line says so where there is no
// terminal to draw on.
const (
	replayLook  = 500 * time.Millisecond
	replaySpeak = 5 * time.Second
	// replayBar is the width of the bar in characters.
	replayBar = 30
)

// replayWatch follows a replay to its end.
type replayWatch struct {
	ref      leads.ReplayRef
	read     func(ctx context.Context, ref leads.ReplayRef) (leads.BulkReplay, error)
	progress *replayProgress
}

// follow waits until the last lead of the replay has ended, and writes the counts.
// It is an error when some failed again or the replay was cancelled or failed. Where the wait
// is interrupted, the replay goes on and the error says so.
func (w replayWatch) follow(ctx context.Context, out io.Writer) error {
	replay, err := w.await(ctx)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("interrupted, and the replay goes on\nlook at it: GET /v1/replays/%[1]s\n"+
			"halt it: POST /v1/replays/%[1]s/pause\nend it: POST /v1/replays/%[1]s/cancel", w.ref.ID)
	}
	if err != nil {
		return fmt.Errorf("look at the replay, which goes on: %w", err)
	}
	fmt.Fprintln(out, replayCounts(replay))
	switch {
	case replay.Status == models.ReplayCancelled:
		return errors.New("the replay was cancelled")
	case replay.Status == models.ReplayFailed:
		return fmt.Errorf("the replay ended before it had taken all leads: %s", *replay.FailureReason)
	case replay.FailedAgain > 0:
		return errors.New("not all were delivered: mend the cause and replay again")
	}
	return nil
}

// await returns how the replay ended. A database that is away is waited for.
func (w replayWatch) await(ctx context.Context) (leads.BulkReplay, error) {
	defer w.progress.end()
	ticker := time.NewTicker(replayLook)
	defer ticker.Stop()
	for {
		replay, err := w.read(ctx, w.ref)
		if err == nil {
			w.progress.show(replay)
		}
		if err == nil && replayOver(replay) || err != nil && models.CodeOf(err) != models.CodeUnavailable {
			return replay, err
		}
		select {
		case <-ctx.Done():
			return replay, ctx.Err()
		case <-ticker.C:
		}
	}
}

// replayOver reports that nothing of a replay goes on: it takes no more leads, and
// those that it took have ended.
func replayOver(replay leads.BulkReplay) bool {
	return replay.Status.Over() && replay.Succeeded+replay.FailedAgain == replay.Replayed
}

func replayCounts(replay leads.BulkReplay) string {
	return fmt.Sprintf("%d replayed, %d succeeded, %d failed again", replay.Replayed, replay.Succeeded, replay.FailedAgain)
}

// replayProgress shows how a replay stands: a bar that moves, or a line now and then.
type replayProgress struct {
	out io.Writer
	bar bool
	// spoken is when the last line was written.
	spoken time.Time
}

// newReplayProgress draws a bar where out is a terminal.
func newReplayProgress(out io.Writer) *replayProgress {
	file, isFile := out.(*os.File)
	if !isFile {
		return &replayProgress{out: out}
	}
	info, err := file.Stat()
	return &replayProgress{out: out, bar: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

func (p *replayProgress) show(replay leads.BulkReplay) {
	text := fmt.Sprintf("%s: %d matched, %s", replay.Status, replay.Matched, replayCounts(replay))
	if p.bar {
		ended := replay.Succeeded + replay.FailedAgain
		done := strings.Repeat("#", min(replayBar*ended/max(replay.Matched, 1), replayBar))
		fmt.Fprintf(p.out, "\r[%-*s] %s\x1b[K", replayBar, done, text)
	} else if time.Since(p.spoken) >= replaySpeak {
		p.spoken = time.Now()
		fmt.Fprintln(p.out, text)
	}
}

// end leaves the bar as it stands.
func (p *replayProgress) end() {
	if p.bar {
		fmt.Fprintln(p.out)
	}
}
