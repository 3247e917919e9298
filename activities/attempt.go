package activities

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"leadrail/internal/store"
	"leadrail/models"
)

// AttemptStore keeps one row per attempt, opened before the request goes out
// and closed after the answer.
type AttemptStore interface {
	OpenAttempt(ctx context.Context, attempt models.Attempt) (store.Job, error)
	CloseAttempt(ctx context.Context, attempt models.Attempt) error
	DisableDestination(ctx context.Context, actionID, reason string, at time.Time) error
	// DestinationOf reads where a delivery goes; not found when it is gone.
	DestinationOf(ctx context.Context, deliveryID string) (models.Destination, error)
}

// DeliverInput names one attempt of one delivery.
type DeliverInput struct {
	DeliveryID string
	RunSeq     int
	// N counts the attempts of the run from 1.
	N       int
	Trigger models.Trigger
	// ActionID is the delivery's action, under which the worker remembers the
	// endpoint; empty in runs that began before it was recorded.
	ActionID string `json:"actionId,omitempty"`
	// Retargeted says that the run has a models.Target, as far as its plan knows.
	Retargeted bool `json:"retargeted,omitempty"`
}

// attempts is the frame around every attempt, whatever it delivers to.
type attempts struct {
	store AttemptStore
	log   *slog.Logger
	now   func() time.Time
	send  send
	crowd *crowd
	// limit is how many may be under way at one endpoint; 64 if zero.
	limit int
	// endpoint is where all attempts go; where it is empty, endpointOf says
	// where those of a destination go.
	endpoint   string
	endpointOf func(models.Destination) (string, error)
	// target reads where a run goes that a replay sent elsewhere; nil for what is
	// never sent elsewhere.
	target func(ctx context.Context, deliveryID string, runSeq int) (models.Target, error)
	// watch may be nil.
	watch Watch
}

// Bounds around an attempt.
const (
	// heartbeatEvery is well inside the heartbeat timeout of the workflows'
	// activity options.
	heartbeatEvery = 2 * time.Second
	// closeTimeout bounds the write of a verdict, also when the attempt itself
	// was cancelled.
	closeTimeout = 5 * time.Second
)

// send makes one request and fills in what came of it: the attempt's verdict,
// duration, response and address. Its error means that no request went out for
// reasons of ours.
type send func(ctx context.Context, job store.Job, attempt *models.Attempt) error

// run makes one attempt, once the endpoint has a place for it; until then it
// asks Temporal to repeat it later. A repeat of an attempt that got as far as a
// verdict returns that verdict without another request. A repeat of one that did
// not sends again, with the same delivery id: at least once. Where the delivery
// is gone, which no repeat would bring back, nothing is sent and the verdict
// gives up.
func (a attempts) run(ctx context.Context, in DeliverInput) (models.Verdict, error) {
	target, err := a.targetOf(ctx, in)
	if models.CodeOf(err) == models.CodeNotFound {
		return erasedVerdict(), nil
	}
	if err != nil {
		return models.Verdict{}, fmt.Errorf("find target: %w", err)
	}
	leave, err := a.enter(ctx, in, target)
	if crowded, yes := errors.AsType[crowdedError](err); yes {
		a.eye().PutOff()
		return models.Verdict{}, tryLater(crowded)
	}
	if err != nil {
		return models.Verdict{}, fmt.Errorf("find endpoint: %w", err)
	}
	defer leave()
	stopHeartbeat := heartbeat(ctx)
	defer stopHeartbeat()

	job, err := a.store.OpenAttempt(ctx, models.Attempt{
		DeliveryID: in.DeliveryID, RunSeq: in.RunSeq, N: in.N, Trigger: in.Trigger, StartedAt: a.now(),
	})
	if coded, yes := errors.AsType[*models.Error](err); yes && coded.Reason == store.ReasonErased {
		return erasedVerdict(), nil
	}
	if err != nil {
		return models.Verdict{}, fmt.Errorf("open attempt: %w", err)
	}
	if job.Attempt.FinishedAt != nil {
		return job.Attempt.Verdict(), nil
	}
	a.learn(job.Destination) // an error is the sender's to tell
	job = sentTo(job)
	attempt := job.Attempt
	if !job.Destination.Enabled {
		attempt.Record(disabledVerdict())
	} else if err := a.request(ctx, job, &attempt); err != nil {
		return models.Verdict{}, fmt.Errorf("make attempt: %w", err)
	}
	a.close(ctx, job, attempt)
	return attempt.Verdict(), nil
}

// enter takes a place at the delivery's endpoint, or returns a crowdedError. It
// writes nothing, and reads only where the worker does not know the endpoint. A
// URL that was corrected a moment ago is counted under what is known still.
func (a attempts) enter(ctx context.Context, in DeliverInput, target models.Target) (leave func(), err error) {
	endpoint, known := cmp.Or(a.endpoint, target.Host()), true
	if endpoint == "" {
		endpoint, known = a.crowd.endpoint(in.ActionID)
	}
	if !known {
		destination, err := a.store.DestinationOf(ctx, in.DeliveryID)
		if models.CodeOf(err) == models.CodeNotFound {
			return func() {}, nil // OpenAttempt says what is gone
		}
		if err != nil {
			return nil, err
		}
		if endpoint, err = a.learn(destination); err != nil {
			return nil, err
		}
	}
	return a.crowd.enter(endpoint, visitor{in.DeliveryID, activity.GetInfo(ctx).ScheduledTime}, a.places())
}

// learn notes where an action goes, and returns it.
func (a attempts) learn(destination models.Destination) (endpoint string, err error) {
	if endpoint, err = a.endpointFor(destination); err == nil {
		a.crowd.learn(destination.ActionID, endpoint)
	}
	return endpoint, err
}

// try makes the attempt of a job that was made up, or returns a crowdedError.
func (a attempts) try(ctx context.Context, job store.Job) (models.Attempt, error) {
	endpoint, err := a.endpointFor(job.Destination)
	if err != nil {
		return models.Attempt{}, err
	}
	leave, err := a.crowd.enter(endpoint, visitor{}, a.places())
	if err != nil {
		return models.Attempt{}, err
	}
	defer leave()
	attempt := job.Attempt
	err = a.send(ctx, job, &attempt)
	return attempt, err
}

// endpointFor is where the attempts of a destination go.
func (a attempts) endpointFor(destination models.Destination) (string, error) {
	if a.endpoint != "" {
		return a.endpoint, nil
	}
	return a.endpointOf(destination)
}

func (a attempts) places() int { return cmp.Or(a.limit, maxPerEndpoint) }

// Why a request was cut short.
var (
	errAsked    = errors.New("cancellation was asked for")
	errStopping = errors.New("the worker stops")
)

// request sends under a context that outlives trouble of ours: a heartbeat
// that Temporal did not take must not cut a request that the endpoint may
// already have taken. A cancellation that somebody asked for, and the end of
// the worker, do cut it; the latter leaves no verdict.
func (a attempts) request(ctx context.Context, job store.Job, attempt *models.Attempt) error {
	sending, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	unhook := context.AfterFunc(ctx, func() {
		if temporal.IsCanceledError(context.Cause(ctx)) {
			cut(errAsked)
		} else if workerStopping(ctx) {
			cut(errStopping)
		}
	})
	defer unhook()

	if err := a.watched(sending, job, attempt); err != nil {
		return err
	}
	if attempt.ErrorCode != models.ErrorCancelled {
		return nil
	}
	if errors.Is(context.Cause(sending), errAsked) {
		attempt.Record(cancelledVerdict())
		return nil
	}
	return errStopping
}

// close writes the verdict. Where the database is away the verdict still
// counts: the workflow records it, and its next write mends the row.
func (a attempts) close(ctx context.Context, job store.Job, attempt models.Attempt) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	finished := a.now()
	attempt.FinishedAt = &finished
	a.eye().Attempted(job.Delivery, attempt, job.Submission.SubmittedAt)
	if err := a.store.CloseAttempt(ctx, attempt); err != nil {
		a.log.WarnContext(ctx, "attempt stays open until the workflow's next write",
			"deliveryId", attempt.DeliveryID, "n", attempt.N, "error", err)
	}
	if attempt.Outcome != models.OutcomeDisable {
		return
	}
	if err := a.store.DisableDestination(ctx, job.Delivery.ActionID, attempt.Error, finished); err != nil {
		a.log.WarnContext(ctx, "action could not be disabled", "actionId", job.Delivery.ActionID, "error", err)
	}
}

func disabledVerdict() models.Verdict {
	return models.Verdict{
		Outcome: models.OutcomeGiveUp, Code: models.ErrorActionDisabled,
		Message: "the action is switched off; enable it and replay",
	}
}

func erasedVerdict() models.Verdict {
	return models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled, Message: "the lead was erased"}
}

func cancelledVerdict() models.Verdict {
	return models.Verdict{
		Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled,
		Message: "cancelled while the request was under way; the endpoint may have taken it",
	}
}

func workerStopping(ctx context.Context) bool {
	select {
	case <-activity.GetWorkerStopChannel(ctx):
		return true
	default:
		return false
	}
}

// heartbeat tells Temporal that the worker lives, until the returned function
// is called. It is also how a cancellation reaches the activity.
func heartbeat(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(heartbeatEvery)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-ticker.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() { close(done) }
}
