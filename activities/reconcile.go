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
)

// Reconcile mends what a run that ended by force leaves behind: a lead that
// waits for ever. A run that goes on, and a Temporal or a database that does
// not answer, are no reason to change anything.
type Reconcile struct {
	Store ReconcileStore
	Runs  Runs
	Alert *Alert
	Log   *slog.Logger
	Now   func() time.Time
	// Settle is the time after its last change in which a lead is left alone.
	Settle time.Duration
	// Lost is the time after its last change from which a lead is lost when
	// Temporal does not know its workflow.
	Lost time.Duration
}

// ReconcileStore is where open leads are found and ended.
type ReconcileStore interface {
	TakeOpenLeads(ctx context.Context, filter store.OpenLeads) ([]store.OpenLead, error)
	EndLeads(ctx context.Context, endings []store.Ending, at time.Time) ([]store.EndedLead, error)
}

// Runs tells how the runs of leads stand.
type Runs interface {
	// Describe looks at a lead's newest run. It is not found when Temporal
	// knows of none, and unavailable when Temporal does not answer.
	Describe(ctx context.Context, submissionID string) (RunState, error)
}

// ReconcileResult is what one round did.
type ReconcileResult struct {
	// Looked is how many leads were compared with their runs, Repaired how
	// many of them were ended, Alerts how many mails were sent.
	Looked   int `json:"looked"`
	Repaired int `json:"repaired"`
	Alerts   int `json:"alerts"`
}

// ReconcileLeads makes one round: it compares open leads with their runs, those
// first whose last look is longest ago, ends the ones whose run has ended, and
// sends the alerts that are due.
func (r *Reconcile) ReconcileLeads(ctx context.Context) (ReconcileResult, error) {
	var result ReconcileResult
	err := r.repairAll(ctx, &result)
	told, alertErr := r.Alert.tellDue(ctx, func() { activity.RecordHeartbeat(ctx, result) })
	result.Alerts = told
	return result, errors.Join(err, alertErr)
}

func (r *Reconcile) repairAll(ctx context.Context, result *ReconcileResult) error {
	at := r.Now()
	for range reconcileBatches {
		leads, err := r.Store.TakeOpenLeads(ctx, store.OpenLeads{
			At: at, ChangedBefore: at.Add(-r.Settle), Limit: reconcileBatch,
		})
		if err != nil {
			return fmt.Errorf("reconcile: %w", err)
		}
		endings, lookErr := r.lookUp(ctx, leads)
		ended, err := r.Store.EndLeads(ctx, endings, r.Now())
		r.logEnded(ctx, ended)
		result.Looked += len(leads)
		result.Repaired += len(ended)
		if err := errors.Join(lookErr, err); err != nil || len(leads) < reconcileBatch {
			return err
		}
	}
	return nil
}

// lookUp finds the leads whose runs have ended. An error about one lead does
// not keep the others from being looked at, unless Temporal is away.
func (r *Reconcile) lookUp(ctx context.Context, leads []store.OpenLead) ([]store.Ending, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ends, errs := make([]RunEnd, len(leads)), make([]error, len(leads))
	slots := make(chan struct{}, lookUps)
	var all sync.WaitGroup
	for i, lead := range leads {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			activity.RecordHeartbeat(ctx)
			ends[i], errs[i] = r.endOf(ctx, lead)
			if models.CodeOf(errs[i]) == models.CodeUnavailable {
				stop()
			}
		})
	}
	all.Wait()
	return endingsOf(leads, ends), firstOf(errs)
}

// endOf returns how the run of a lead ended; empty when there is nothing to
// mend.
func (r *Reconcile) endOf(ctx context.Context, lead store.OpenLead) (RunEnd, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	state, err := r.Runs.Describe(ctx, lead.ID)
	switch {
	case models.CodeOf(err) == models.CodeNotFound && r.Now().Sub(lead.ChangedAt) >= r.Lost:
		return RunLost, nil
	case models.CodeOf(err) == models.CodeNotFound:
		return "", nil
	case err != nil:
		return "", fmt.Errorf("look at the run of %s: %w", lead.ID, err)
	case state.RunSeq != lead.RunSeq:
		return "", nil // it goes on, or a replay is about to begin
	default:
		return state.End, nil
	}
}

func endingsOf(leads []store.OpenLead, ends []RunEnd) []store.Ending {
	var endings []store.Ending
	for i, lead := range leads {
		if ends[i] != "" {
			endings = append(endings, store.Ending{SubmissionID: lead.ID, RunSeq: lead.RunSeq, Reason: ends[i].reason()})
		}
	}
	return endings
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
