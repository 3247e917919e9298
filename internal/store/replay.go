package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// Replay asks for another run of a lead that has ended.
type Replay struct {
	SubmissionID string
	// RunSeq is the number of the run that ended, as whoever asks has seen it.
	RunSeq int
	// DeliveryIDs are what the new run delivers: deliveries of the lead, each
	// once, at least one.
	DeliveryIDs []string
	At          time.Time
	// Bulk is the replay of many leads that this is part of; empty for none. A
	// lead is part of one once.
	Bulk string
}

// BeginReplay takes an ended lead to its next run and returns it as it is then,
// without its deliveries: pending, as are the deliveries of the new run, which
// is still to be started. Late writes of the run before change nothing from here
// on. It is a conflict when the lead is not as it was seen: somebody was quicker.
func (s *Store) BeginReplay(ctx context.Context, replay Replay) (models.Submission, error) {
	var lead models.Submission
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		begun := tx.Model(&models.Submission{}).
			Where("id = ? AND run_seq = ?", replay.SubmissionID, replay.RunSeq).
			Where("status IN ?", []models.Status{models.StatusCompleted, models.StatusFailed}).
			Updates(map[string]any{
				"run_seq": replay.RunSeq + 1, "status": models.StatusPending,
				"failure_reason": "", "completed_at": nil, "reconciled_at": nil,
			})
		if begun.Error != nil {
			return begun.Error
		}
		again := tx.Model(&models.Delivery{}).
			Where("submission_id = ? AND id IN ?", replay.SubmissionID, replay.DeliveryIDs).
			Where("status NOT IN ?", []models.DeliveryStatus{models.DeliveryPending, models.DeliveryRetrying}).
			Updates(map[string]any{
				"run_seq": replay.RunSeq + 1, "status": models.DeliveryPending, "attempt": 0,
				"error_code": "", "error": "", "next_attempt_at": nil, "updated_at": replay.At,
			})
		if again.Error != nil {
			return again.Error
		}
		if begun.RowsAffected == 0 || again.RowsAffected != int64(len(replay.DeliveryIDs)) {
			return models.Errorf(models.CodeConflict, "The lead changed meanwhile.")
		}
		if err := noteBulk(tx, replay); err != nil {
			return err
		}
		return tx.Take(&lead, "id = ?", replay.SubmissionID).Error
	})
	return lead, wrap(err, "begin replay")
}

// noteBulk notes which replay of many leads took the lead.
func noteBulk(tx *gorm.DB, replay Replay) error {
	if replay.Bulk == "" {
		return nil
	}
	err := tx.Create(&models.ReplayLead{
		ReplayID: replay.Bulk, SubmissionID: replay.SubmissionID, RunSeq: replay.RunSeq + 1,
	}).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return models.Errorf(models.CodeConflict, "The lead was replayed already.")
	}
	return err
}
