package activities

import (
	"context"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
)

// RetryingInput is one delivery's wait for its next attempt.
type RetryingInput struct {
	SubmissionID string
	RunSeq       int
	DeliveryID   string
	// Attempt is the number of the attempt that failed, with this verdict.
	Attempt       int
	Verdict       models.Verdict
	NextAttemptAt time.Time
}

// MarkRetrying records that a delivery failed and waits.
func (l *Lead) MarkRetrying(ctx context.Context, in RetryingInput) error {
	return l.Store.MarkRetrying(ctx, store.Retry{
		SubmissionID:  in.SubmissionID,
		RunSeq:        in.RunSeq,
		DeliveryID:    in.DeliveryID,
		Attempt:       in.Attempt,
		Verdict:       in.Verdict,
		NextAttemptAt: in.NextAttemptAt.UTC(),
		At:            l.Now(),
	})
}

// FinalizeInput is how a run ended.
type FinalizeInput struct {
	SubmissionID string
	RunSeq       int
	Conclusion   models.Conclusion
}

// Finalize writes the lead's final status.
func (l *Lead) Finalize(ctx context.Context, in FinalizeInput) error {
	return l.Store.Finalize(ctx, in.SubmissionID, in.RunSeq, in.Conclusion, l.Now())
}
