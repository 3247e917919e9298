package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// Replay asks for another run of a lead that has ended.
type Replay struct {
	SubmissionID string
	// RunSeq is the number of the run that ended, as whoever asks has seen it.
	RunSeq int
	// DeliveryIDs are what the new run delivers: deliveries of the lead, each
	// once, at least one. See Bulk for those that were dismissed meanwhile.
	DeliveryIDs []string
	// Named says that the caller named them: then one that was dismissed counts.
	Named bool
	At    time.Time
	// Bulk is the replay of many leads that this is part of; empty for none. A
	// lead is part of one once. It makes those of the deliveries that are still
	// failed.
	Bulk string
	// Targets are where the new run goes, one for each of its deliveries; none for
	// the actions' own destinations.
	Targets []models.Target
}

// BeginReplay takes an ended lead to its next run and returns it as it is then,
// without its deliveries: pending, as are the deliveries of the new run, which
// is still to be started. Late writes of the run before change nothing from here
// on. It is a conflict when the lead is not as it was seen: somebody was quicker.
func (s *Store) BeginReplay(ctx context.Context, replay Replay) (models.Submission, error) {
	var lead models.Submission
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := noteEnd(tx, replay); err != nil {
			return err
		}
		begun := tx.Model(&models.Submission{}).Where("id = ?", replay.SubmissionID).Updates(map[string]any{
			"run_seq": replay.RunSeq + 1, "status": models.StatusPending,
			"failure_reason": "", "completed_at": nil, "reconciled_at": nil,
		})
		if begun.Error != nil {
			return begun.Error
		}
		ended := []models.DeliveryStatus{models.DeliveryFailed, models.DeliveryDelivered}
		if replay.Named {
			ended = append(ended, models.DeliveryDismissed)
		}
		again := tx.Model(&models.Delivery{}).
			Where("submission_id = ? AND id IN ? AND status IN ?", replay.SubmissionID, replay.DeliveryIDs, ended).
			Updates(map[string]any{
				"run_seq": replay.RunSeq + 1, "status": models.DeliveryPending, "attempt": 0,
				"error_code": "", "error": "", "next_attempt_at": nil, "updated_at": replay.At,
			})
		if again.Error != nil {
			return again.Error
		}
		if err := replay.complete(int(again.RowsAffected)); err != nil {
			return err
		}
		if len(replay.Targets) > 0 {
			if err := tx.Create(&replay.Targets).Error; err != nil {
				return err
			}
		}
		if err := noteBulk(tx, replay); err != nil {
			return err
		}
		return tx.Take(&lead, "id = ?", replay.SubmissionID).Error
	})
	return lead, wrap(err, "begin replay")
}

// complete refuses a replay that makes other deliveries than it should. One of many
// leads makes what is left of a lead: somebody may dismiss one at this moment.
func (r Replay) complete(made int) error {
	if made == len(r.DeliveryIDs) || r.Bulk != "" && made > 0 {
		return nil
	}
	return errLeadChanged
}

var errLeadChanged = models.Errorf(models.CodeConflict, "The lead changed meanwhile.")

// noteEnd locks the lead and notes how its run ended, for the replay of many leads
// that began it: the lead itself forgets.
func noteEnd(tx *gorm.DB, replay Replay) error {
	var ended models.Submission
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Select("status").
		Where("run_seq = ? AND status IN ?", replay.RunSeq, []models.Status{models.StatusCompleted, models.StatusFailed}).
		Take(&ended, "id = ?", replay.SubmissionID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return errLeadChanged
	}
	if err != nil {
		return err
	}
	return tx.Model(&models.ReplayLead{}).
		Where("submission_id = ? AND run_seq = ?", replay.SubmissionID, replay.RunSeq).
		Update("ended_as", ended.Status).Error
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
