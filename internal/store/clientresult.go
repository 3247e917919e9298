package store

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"leadrail/models"
)

// SaveClientResult keeps what a page reported, where the run has none yet. What
// comes back is what is kept, of this report or of the first; saved says which.
func (s *Store) SaveClientResult(ctx context.Context, result models.ClientResult) (kept models.ClientResult, saved bool, err error) {
	created := s.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&result)
	if created.Error != nil || created.RowsAffected == 1 {
		return result, created.RowsAffected == 1, wrap(created.Error, "save client result")
	}
	kept, err = s.ClientResult(ctx, result.SubmissionID, result.RunSeq)
	return kept, false, err
}

// ClientResult reads what is known of a run's page.
func (s *Store) ClientResult(ctx context.Context, submissionID string, runSeq int) (models.ClientResult, error) {
	var found models.ClientResult
	err := s.db.WithContext(ctx).Take(&found, "submission_id = ? AND run_seq = ?", submissionID, runSeq).Error
	return found, read(err, "client result")
}

// TakeClientResult reads for the run what its page reported, and notes that the
// run knows. It is not found where nothing was.
func (s *Store) TakeClientResult(ctx context.Context, submissionID string, runSeq int, at time.Time) (models.ClientResult, error) {
	found, err := s.ClientResult(ctx, submissionID, runSeq)
	if err != nil || found.TakenAt != nil {
		return found, err
	}
	err = s.db.WithContext(ctx).Model(&models.ClientResult{}).
		Where("submission_id = ? AND run_seq = ?", submissionID, runSeq).Update("taken_at", at).Error
	return found, wrap(err, "take client result")
}

// EndClientWait is TakeClientResult for a run that waits no longer: where its page
// reported nothing, whatever it reports from now on comes too late.
func (s *Store) EndClientWait(ctx context.Context, submissionID string, runSeq int, at time.Time) (models.ClientResult, error) {
	_, _, err := s.SaveClientResult(ctx, models.ClientResult{
		SubmissionID: submissionID, RunSeq: runSeq, Outcome: models.ClientNothing, At: at, TakenAt: &at,
	})
	if err != nil {
		return models.ClientResult{}, err
	}
	return s.TakeClientResult(ctx, submissionID, runSeq, at)
}

// UntakenClientResults lists leads, at most limit, whose run waits although its page
// reported before the moment: it has not heard of it. The longest ago comes first.
func (s *Store) UntakenClientResults(ctx context.Context, before time.Time, limit int) (submissionIDs []string, err error) {
	err = s.db.WithContext(ctx).Raw(`
		SELECT result.submission_id
		FROM client_results AS result JOIN deliveries AS delivery USING (submission_id, run_seq)
		WHERE result.taken_at IS NULL AND result.at < ? AND delivery.type = ? AND delivery.status = ?
		ORDER BY result.at LIMIT ?`,
		before, models.ActionClient, models.DeliveryPending, limit).Scan(&submissionIDs).Error
	return submissionIDs, wrap(err, "list untaken client results")
}
