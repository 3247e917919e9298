package leads

import (
	"context"
	"strings"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/store"
	"leadrail/models"
)

// Bounds of a replay of many leads.
const (
	defaultReplayRate = 10
	maxReplayRate     = 50
)

// ReplayStore is where replays of many leads are kept.
type ReplayStore interface {
	CountReplayable(ctx context.Context, filter store.SubmissionFilter) (int, error)
	CreateReplay(ctx context.Context, replay models.Replay, filter store.SubmissionFilter) (models.Replay, error)
	MoveReplay(ctx context.Context, id string, to models.ReplayStatus, at time.Time) (models.Replay, error)
	ReplayOutcomes
}

// ReplayOutcomes tell how replays of many leads stand.
type ReplayOutcomes interface {
	Replay(ctx context.Context, id string) (models.Replay, error)
	ReplayOutcome(ctx context.Context, id string) (store.ReplayOutcome, error)
}

// ReplayWorkflows run replays of many leads.
type ReplayWorkflows interface {
	StartReplays(ctx context.Context, replayID string, ratePerSecond int) error
	WakeReplays(ctx context.Context, replayID string) error
}

// BulkReplays are the use cases of replaying all failed leads that a filter
// selects.
type BulkReplays struct {
	Store     ReplayStore
	Workflows ReplayWorkflows
	Now       func() time.Time
}

// ReplayFilter selects failed leads, by the names of the list's parameters.
type ReplayFilter struct {
	FormID         string            `json:"formId"`
	AgentID        string            `json:"agentId"`
	ConversationID string            `json:"conversationId"`
	Status         models.Status     `json:"status"`
	Tier           string            `json:"tier"`
	Team           string            `json:"team"`
	Assignee       string            `json:"assignee"`
	MinScore       *int              `json:"minScore"`
	From           *models.Timestamp `json:"from"`
	To             *models.Timestamp `json:"to"`
	Query          string            `json:"q"`
}

// BulkReplayInput asks for a replay of many leads.
type BulkReplayInput struct {
	// Filter must be there, so that an empty body does not replay everything; an
	// empty one selects every failed lead.
	Filter *ReplayFilter `json:"filter"`
	// DryRun counts only.
	DryRun bool `json:"dryRun"`
	// RatePerSecond is how many leads are replayed in a second, 1 to 50; 0 means
	// 10.
	RatePerSecond int `json:"ratePerSecond"`
}

// BulkReplayOutput says how many leads are meant.
type BulkReplayOutput struct {
	// ReplayID is null for a dry run.
	ReplayID *string `json:"replayId"`
	Matched  int     `json:"matched"`
}

// Location is where the replay can be read; empty for a dry run.
func (o BulkReplayOutput) Location() string {
	if o.ReplayID == nil {
		return ""
	}
	return "/v1/replays/" + *o.ReplayID
}

// Target is the replay's id; empty for a dry run.
func (o BulkReplayOutput) Target() string { return strings.TrimPrefix(o.Location(), "/v1/replays/") }

// Finished reports that nothing goes on: it was a dry run.
func (o BulkReplayOutput) Finished() bool { return o.ReplayID == nil }

// CreateReplay replays every failed lead that the filter selects and that had
// failed by now: what failed of it, at the rate. Errors are invalid and
// unavailable.
func (r *BulkReplays) CreateReplay(ctx context.Context, in BulkReplayInput) (BulkReplayOutput, error) {
	filter, err := in.check()
	if err != nil {
		return BulkReplayOutput{}, err
	}
	if in.DryRun {
		matched, err := r.Store.CountReplayable(ctx, filter)
		return BulkReplayOutput{Matched: matched}, err
	}
	if in.RatePerSecond == 0 {
		in.RatePerSecond = defaultReplayRate
	}
	replay, err := r.Store.CreateReplay(ctx, models.Replay{
		ID: id.New(id.Replay), Status: models.ReplayRunning, RatePerSecond: in.RatePerSecond, CreatedAt: r.Now(),
	}, filter)
	if err != nil {
		return BulkReplayOutput{}, err
	}
	starting, cancel := context.WithTimeout(ctx, steerBudget)
	defer cancel()
	if err := r.Workflows.StartReplays(starting, replay.ID, replay.RatePerSecond); err != nil {
		ending, done := context.WithTimeout(context.WithoutCancel(ctx), steerBudget)
		defer done()
		r.Store.MoveReplay(ending, replay.ID, models.ReplayCancelled, r.Now()) // an error leaves it to the reconciler
		return BulkReplayOutput{}, err
	}
	return BulkReplayOutput{ReplayID: &replay.ID, Matched: replay.Matched}, nil
}

func (in BulkReplayInput) check() (store.SubmissionFilter, error) {
	switch {
	case in.Filter == nil:
		return store.SubmissionFilter{}, models.InvalidField("filter", "required", "Name what is to be replayed; {} is every failed lead.")
	case in.Filter.Status != "" && in.Filter.Status != models.StatusFailed:
		return store.SubmissionFilter{}, models.InvalidField("filter.status", "option", "Only failed leads are replayed.")
	case in.RatePerSecond < 0 || in.RatePerSecond > maxReplayRate:
		return store.SubmissionFilter{}, models.InvalidField("ratePerSecond", "max", "A rate is 1 to 50 leads a second.")
	}
	f := *in.Filter
	filter := store.SubmissionFilter{
		FormID: f.FormID, ConversationID: f.ConversationID, Tier: f.Tier, Team: f.Team, Assignee: f.Assignee,
		MinScore: f.MinScore, From: timeOf(f.From), To: timeOf(f.To), Query: f.Query,
	}
	if f.AgentID != "" {
		filter.AgentIDs = []string{f.AgentID}
	}
	return filter, nil
}

// ReplayRef names a replay of many leads.
type ReplayRef struct {
	ID string `json:"-" uri:"id"`
}

// OptionalBody says that the request needs no body.
func (ReplayRef) OptionalBody() {}

// BulkReplay is a replay of many leads as its readers see it.
type BulkReplay struct {
	ReplayID string              `json:"replayId"`
	Status   models.ReplayStatus `json:"status"`
	// FailureReason says how the workflow of a failed replay ended; null for any
	// other.
	FailureReason *string `json:"failureReason"`
	// Matched is how many failed leads the filter selected at first. Some may have
	// been replayed by others since.
	Matched int `json:"matched"`
	// Replayed is how many have begun anew, Succeeded how many of these are
	// completed, FailedAgain how many are failed.
	Replayed      int               `json:"replayed"`
	Succeeded     int               `json:"succeeded"`
	FailedAgain   int               `json:"failedAgain"`
	RatePerSecond int               `json:"ratePerSecond"`
	CreatedAt     models.Timestamp  `json:"createdAt"`
	EndedAt       *models.Timestamp `json:"endedAt"`
}

// Replay reads a replay. Its leads may be on their way after it has ended.
func (r *BulkReplays) Replay(ctx context.Context, ref ReplayRef) (BulkReplay, error) {
	replay, err := r.Store.Replay(ctx, ref.ID)
	if err != nil {
		return BulkReplay{}, err
	}
	return r.view(ctx, replay)
}

// Pause halts a replay after the leads of this second. Errors are not found,
// conflict ("replay_ended") and unavailable.
func (r *BulkReplays) Pause(ctx context.Context, ref ReplayRef) (BulkReplay, error) {
	return r.move(ctx, ref.ID, models.ReplayPaused)
}

// Resume goes on with a paused replay; errors are those of Pause.
func (r *BulkReplays) Resume(ctx context.Context, ref ReplayRef) (BulkReplay, error) {
	return r.move(ctx, ref.ID, models.ReplayRunning)
}

// Cancel ends a replay after the leads of this second; those stay replayed. Errors
// are those of Pause.
func (r *BulkReplays) Cancel(ctx context.Context, ref ReplayRef) (BulkReplay, error) {
	return r.move(ctx, ref.ID, models.ReplayCancelled)
}

func (r *BulkReplays) move(ctx context.Context, replayID string, to models.ReplayStatus) (BulkReplay, error) {
	replay, err := r.Store.MoveReplay(ctx, replayID, to, r.Now())
	if err != nil {
		return BulkReplay{}, err
	}
	waking, cancel := context.WithTimeout(ctx, steerBudget)
	defer cancel()
	r.Workflows.WakeReplays(waking, replayID) // an error means that it finds out by itself, later
	return r.view(ctx, replay)
}

func (r *BulkReplays) view(ctx context.Context, replay models.Replay) (BulkReplay, error) {
	outcome, err := r.Store.ReplayOutcome(ctx, replay.ID)
	return BulkReplay{
		ReplayID: replay.ID, Status: replay.Status, FailureReason: orNull(replay.FailureReason), Matched: replay.Matched,
		Replayed: outcome.Replayed, Succeeded: outcome.Succeeded, FailedAgain: outcome.FailedAgain,
		RatePerSecond: replay.RatePerSecond, CreatedAt: models.At(replay.CreatedAt), EndedAt: models.AtOrNil(replay.EndedAt),
	}, err
}
