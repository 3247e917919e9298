package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"leadrail/internal/store"
	"leadrail/models"
)

// Client is the work of handlers in visitors' pages, which nothing is sent for:
// pages report by themselves.
type Client struct {
	Store  ClientStore
	Sealed Opener
	Now    func() time.Time
	// Watch may be nil.
	Watch Watch
}

// ClientStore keeps what pages report, and the attempts that wait for it.
type ClientStore interface {
	OpenAttempt(ctx context.Context, attempt models.Attempt) (store.Job, error)
	CloseAttempt(ctx context.Context, attempt models.Attempt) error
	// TakeClientResult is not found where a run's page has reported nothing.
	TakeClientResult(ctx context.Context, submissionID string, runSeq int, at time.Time) (models.ClientResult, error)
	// EndClientWait is the same, and whatever the page reports later is refused.
	EndClientWait(ctx context.Context, submissionID string, runSeq int, at time.Time) (models.ClientResult, error)
}

// ClientInput names the one attempt of a page's work in a run.
type ClientInput struct {
	DeliverInput

	SubmissionID string
	// End says why the run waits no longer, ErrorTimeout or ErrorCancelled; empty
	// where it waits.
	End models.ErrorCode
}

// ClientVerdict is what a look for a page's result found.
type ClientVerdict struct {
	// Known is false while the page has reported nothing and may still do so.
	Known   bool
	Verdict models.Verdict
}

// maxHandlerError is how much of a page's message stands with the attempt, in
// characters.
const maxHandlerError = 500

// LookForResult opens the attempt of a page's work, and closes it where the page has
// reported or the run waits no longer. A result that is there counts also where the
// wait is about to end. What the page says stays in the database: the verdict says
// only that its handler failed.
func (c *Client) LookForResult(ctx context.Context, in ClientInput) (ClientVerdict, error) {
	job, err := c.Store.OpenAttempt(ctx, models.Attempt{
		DeliveryID: in.DeliveryID, RunSeq: in.RunSeq, N: in.N, Trigger: in.Trigger, StartedAt: c.Now(),
	})
	if coded, yes := errors.AsType[*models.Error](err); yes && coded.Reason == store.ReasonErased {
		return ClientVerdict{Known: true, Verdict: erasedVerdict()}, nil
	}
	if err != nil {
		return ClientVerdict{}, fmt.Errorf("open attempt: %w", err)
	}
	if job.Attempt.FinishedAt != nil {
		return ClientVerdict{Known: true, Verdict: handlerVerdict(job.Attempt.ErrorCode)}, nil
	}
	look := c.Store.TakeClientResult
	if in.End != "" {
		look = c.Store.EndClientWait
	}
	result, err := look(ctx, in.SubmissionID, in.RunSeq, c.Now())
	if models.CodeOf(err) == models.CodeNotFound {
		return ClientVerdict{}, nil
	}
	if err != nil {
		return ClientVerdict{}, fmt.Errorf("look for the page's result: %w", err)
	}
	return c.close(ctx, job, result, in.End)
}

// close writes the verdict with the page's own words.
func (c *Client) close(ctx context.Context, job store.Job, result models.ClientResult, end models.ErrorCode) (ClientVerdict, error) {
	words, err := c.words(result)
	if err != nil {
		return ClientVerdict{}, err
	}
	attempt, verdict, finished := job.Attempt, handlerVerdict(codeOf(result.Outcome, end)), c.Now()
	attempt.Record(verdict)
	attempt.Error = cmp.Or(words, verdict.Message)
	attempt.FinishedAt, attempt.DurationMS = &finished, finished.Sub(attempt.StartedAt).Milliseconds()
	if err := c.Store.CloseAttempt(ctx, attempt); err != nil {
		return ClientVerdict{}, fmt.Errorf("close attempt: %w", err)
	}
	if c.Watch != nil {
		c.Watch.Attempted(job.Delivery, attempt, job.Submission.SubmittedAt)
	}
	return ClientVerdict{Known: true, Verdict: verdict}, nil
}

// codeOf is empty for a handler that succeeded; end is why a run waits no longer.
func codeOf(outcome models.ClientOutcome, end models.ErrorCode) models.ErrorCode {
	switch outcome {
	case models.ClientSucceeded:
		return ""
	case models.ClientFailed:
		return models.ErrorHandlerFailed
	default: // models.ClientNothing
		return cmp.Or(end, models.ErrorTimeout)
	}
}

// words is the start of a page's message about a failure; empty for other results.
func (c *Client) words(result models.ClientResult) (string, error) {
	if result.Outcome != models.ClientFailed {
		return "", nil
	}
	var report models.ClientReport
	plain, err := c.Sealed.Open(result.Report, result.SubmissionID)
	if err == nil {
		err = json.Unmarshal(plain, &report)
	}
	if err != nil {
		return "", fmt.Errorf("open the page's result: %w", err)
	}
	if utf8.RuneCountInString(report.Message) <= maxHandlerError {
		return report.Message, nil
	}
	return string([]rune(report.Message)[:maxHandlerError-1]) + "…", nil
}

// handlerVerdict is the verdict for a code; empty means that the handler succeeded.
func handlerVerdict(code models.ErrorCode) models.Verdict {
	switch code {
	case "":
		return models.Verdict{Outcome: models.OutcomeDelivered}
	case models.ErrorHandlerFailed:
		return models.Verdict{Outcome: models.OutcomeGiveUp, Code: code, Message: "the page's handler reported that it failed"}
	case models.ErrorTimeout:
		return models.Verdict{Outcome: models.OutcomeGiveUp, Code: code, Message: "the page reported nothing within 24 hours"}
	default:
		return models.Verdict{Outcome: models.OutcomeGiveUp, Code: code, Message: "cancelled before the page reported"}
	}
}
