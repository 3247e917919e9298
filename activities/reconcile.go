package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"leadrail/internal/store"
	"leadrail/models"
)

// Bounds of one round: what is left waits for the next.
const (
	reconcileBatch   = 500
	reconcileBatches = 10
	lookUps          = 8
	lookUpTimeout    = 5 * time.Second
	// attemptOver is longer than any attempt takes. One that is open after that lost
	// its worker.
	attemptOver = time.Minute
)

// Reconcile mends what a run that ended by force leaves behind: a lead that
// waits for ever. A run that goes on, and a Temporal or a database that does
// not answer, are no reason to change anything.
type Reconcile struct {
	Store  ReconcileStore
	Runs   Runs
	Sealer Sealer
	Alert  *Alert
	Log    *slog.Logger
	Now    func() time.Time
	// Settle is the time after its last change in which a lead is left alone.
	Settle time.Duration
	// Replays are those of many leads.
	Replays Replays
	// Undelivered is asked in each round; the zero value says nothing.
	Undelivered Undelivered
}

// ReconcileStore is where open leads are found and ended.
type ReconcileStore interface {
	TakeOpenLeads(ctx context.Context, filter store.OpenLeads) ([]store.OpenLead, error)
	EndLeads(ctx context.Context, endings []store.Ending, at time.Time) ([]store.EndedLead, error)
	Submission(ctx context.Context, id string) (models.Submission, error)
	// UntakenClientResults lists leads whose runs have not heard what their pages
	// reported.
	UntakenClientResults(ctx context.Context, before time.Time, limit int) (submissionIDs []string, err error)
}

// Runs tells how the runs of leads stand, and starts those of replays.
type Runs interface {
	// Describe looks at a lead's newest run. It is not found when Temporal
	// knows of none, and unavailable when Temporal does not answer.
	Describe(ctx context.Context, submissionID string) (RunState, error)
	// SignalClientResult lets an open run know that its page has reported. It is not
	// found where none is open.
	SignalClientResult(ctx context.Context, submissionID string) error
	Starter
}

// ReconcileResult is what one round did.
type ReconcileResult struct {
	// Looked is how many leads were compared with their runs, Repaired how
	// many of them were ended, Replayed how many replays were started whose run
	// was missing, Told how many runs were told that their page has reported, Alerts
	// how many mails were sent, EndedReplays how many replays of many leads were ended.
	Looked       int `json:"looked"`
	Repaired     int `json:"repaired"`
	Replayed     int `json:"replayed"`
	Told         int `json:"told"`
	Alerts       int `json:"alerts"`
	EndedReplays int `json:"endedReplays"`
}

// ReconcileLeads makes one round: it compares open leads with their runs, those
// first whose last look is longest ago, ends the ones whose run has ended, tells
// runs of what their pages reported, ends replays of many leads whose workflow has
// ended, sends the alerts that are due and says what waits undelivered.
func (r *Reconcile) ReconcileLeads(ctx context.Context) (ReconcileResult, error) {
	var result ReconcileResult
	err := r.repairAll(ctx, &result)
	heard, tellErr := r.tellRuns(ctx)
	result.Told = heard
	alive := func() { activity.RecordHeartbeat(ctx, result) }
	told, alertErr := r.Alert.tellDue(ctx, alive)
	result.Alerts = told
	ended, replayErr := r.Replays.endLost(ctx, r.Now(), alive)
	result.EndedReplays = ended
	waits, waitErr := r.Undelivered.tell(ctx, r.Now(), alive)
	result.Alerts += waits
	return result, errors.Join(err, tellErr, alertErr, replayErr, waitErr)
}

func (r *Reconcile) repairAll(ctx context.Context, result *ReconcileResult) error {
	at := r.Now()
	for range reconcileBatches {
		leads, err := r.Store.TakeOpenLeads(ctx, store.OpenLeads{
			At: at, ChangedBefore: at.Add(-r.Settle), AttemptedBefore: at.Add(-attemptOver), Limit: reconcileBatch,
		})
		if err != nil {
			return fmt.Errorf("reconcile: %w", err)
		}
		found, lookErr := r.lookUp(ctx, leads)
		ended, err := r.Store.EndLeads(ctx, endingsOf(leads, found), r.Now())
		r.logEnded(ctx, ended)
		result.Looked += len(leads)
		result.Repaired += len(ended)
		result.Replayed += replayed(found)
		if err := errors.Join(lookErr, err); err != nil || len(leads) < reconcileBatch {
			return err
		}
	}
	return nil
}

// finding is what a look at a lead's run led to: the run has ended, or one that
// was missing was started, or neither.
type finding struct {
	end      RunEnd
	replayed bool
}

// lookUp finds the leads whose runs have ended, and starts missing ones. An
// error about one lead does not keep the others from being looked at, unless
// Temporal is away.
func (r *Reconcile) lookUp(ctx context.Context, leads []store.OpenLead) ([]finding, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	found, errs := make([]finding, len(leads)), make([]error, len(leads))
	slots := make(chan struct{}, lookUps)
	var all sync.WaitGroup
	for i, lead := range leads {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			activity.RecordHeartbeat(ctx)
			found[i], errs[i] = r.look(ctx, lead)
			if models.CodeOf(errs[i]) == models.CodeUnavailable {
				stop()
			}
		})
	}
	all.Wait()
	return found, firstOf(errs)
}

// look compares a lead with its newest run. Where that is the run before a
// replay, or there is none, whoever began the replay got no further: it is
// started. A lead that Temporal knows no run of is lost otherwise: it was stored by
// its run, so there was one.
func (r *Reconcile) look(ctx context.Context, lead store.OpenLead) (finding, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	state, err := r.Runs.Describe(ctx, lead.ID)
	unknown := models.CodeOf(err) == models.CodeNotFound
	switch {
	case unknown && lead.RunSeq > 1 && !lead.Attempted:
		return r.startReplay(ctx, lead)
	case unknown:
		return finding{end: RunLost}, nil
	case err != nil:
		return finding{}, fmt.Errorf("look at the run of %s: %w", lead.ID, err)
	case state.End == "", state.RunSeq > lead.RunSeq:
		return finding{}, nil // it goes on, or a replay has begun since the lead was taken
	case state.RunSeq < lead.RunSeq:
		return r.startReplay(ctx, lead)
	default:
		return finding{end: state.End}, nil
	}
}

// startReplay starts the run of the lead as it is stored now.
func (r *Reconcile) startReplay(ctx context.Context, taken store.OpenLead) (finding, error) {
	lead, err := r.Store.Submission(ctx, taken.ID)
	if models.CodeOf(err) == models.CodeNotFound || lead.Status.Terminal() {
		return finding{}, nil // it was erased, or has ended
	}
	if err == nil {
		err = startRun(ctx, r.Runs, r.Sealer, lead)
	}
	if err != nil {
		return finding{}, fmt.Errorf("start replay of %s: %w", taken.ID, err)
	}
	r.Log.InfoContext(ctx, "a replay was started that had no run", "submissionId", lead.ID, "runSeq", lead.RunSeq)
	return finding{replayed: true}, nil
}

func endingsOf(leads []store.OpenLead, found []finding) []store.Ending {
	var endings []store.Ending
	for i, lead := range leads {
		if end := found[i].end; end != "" {
			endings = append(endings, store.Ending{SubmissionID: lead.ID, RunSeq: lead.RunSeq, Reason: end.reason()})
		}
	}
	return endings
}

func replayed(found []finding) (count int) {
	for _, each := range found {
		if each.replayed {
			count++
		}
	}
	return count
}

// firstOf stands for all errors: where Temporal is away they are many and the
// same.
func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Reconcile) logEnded(ctx context.Context, ended []store.EndedLead) {
	for _, lead := range ended {
		if lead.Status == models.StatusFailed {
			r.Alert.logFailed(ctx, lead)
		} else {
			r.Log.WarnContext(ctx, "lead completed in the place of its run", "submissionId", lead.ID, "formId", lead.FormID)
		}
	}
}
