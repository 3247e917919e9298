package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// Job is all that an attempt needs to know, read fresh for each one.
type Job struct {
	// Attempt is the attempt's row: closed when an earlier try of the same
	// attempt got as far as a verdict.
	Attempt     models.Attempt
	Delivery    models.Delivery
	Submission  models.Submission
	Definition  models.FormDefinition
	Destination models.Destination
	// Secret is that of the destination's form; nil where none was made yet.
	Secret *models.Secret
	// Test marks a job that was made up to try an action out: there is no such
	// lead, and receivers are told so.
	Test bool
}

// Action returns the delivery's action as the lead's form version defines it.
func (j Job) Action() (models.Action, bool) {
	for _, action := range j.Definition.Actions {
		if action.ID == j.Delivery.ActionID {
			return action, true
		}
	}
	return models.Action{}, false
}

// OpenAttempt makes sure the attempt has a row and reads what it needs. An
// attempt that exists already is returned as it is.
func (s *Store) OpenAttempt(ctx context.Context, attempt models.Attempt) (Job, error) {
	db := s.db.WithContext(ctx)
	job := Job{Attempt: attempt}
	if err := db.Take(&job.Delivery, "id = ?", attempt.DeliveryID).Error; err != nil {
		return Job{}, read(err, "delivery")
	}
	job.Attempt.ActionID = job.Delivery.ActionID
	created := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&job.Attempt)
	if errors.Is(created.Error, gorm.ErrForeignKeyViolated) {
		return Job{}, read(gorm.ErrRecordNotFound, "delivery")
	}
	if created.Error != nil {
		return Job{}, wrap(created.Error, "open attempt")
	}
	if created.RowsAffected == 0 {
		err := db.Take(&job.Attempt, "delivery_id = ? AND run_seq = ? AND n = ?",
			attempt.DeliveryID, attempt.RunSeq, attempt.N).Error
		if err != nil {
			return Job{}, read(err, "attempt")
		}
	}
	if err := readJob(db, &job); err != nil {
		return Job{}, err
	}
	return job, nil
}

// liveDestination is what an attempt reads fresh, in one query.
type liveDestination struct {
	models.Destination

	Secret *models.Secret `gorm:"foreignKey:FormID;references:FormID"`
}

func readJob(db *gorm.DB, job *Job) error {
	if err := db.Take(&job.Submission, "id = ?", job.Delivery.SubmissionID).Error; err != nil {
		return read(err, "submission")
	}
	var live liveDestination
	if err := db.Joins("Secret").Take(&live, "action_id = ?", job.Delivery.ActionID).Error; err != nil {
		return read(err, "destination")
	}
	job.Destination, job.Secret = live.Destination, live.Secret
	var version models.FormVersion
	err := db.Take(&version, "form_id = ? AND version = ?", job.Submission.FormID, job.Submission.FormVersion).Error
	if err != nil {
		return read(err, "form version")
	}
	job.Definition = version.Definition
	return nil
}

// CloseAttempt records an attempt's verdict, and on success that the delivery
// is done. Closing an attempt twice changes nothing.
func (s *Store) CloseAttempt(ctx context.Context, attempt models.Attempt) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		closed := tx.Model(&models.Attempt{}).
			Where("delivery_id = ? AND run_seq = ? AND n = ? AND finished_at IS NULL",
				attempt.DeliveryID, attempt.RunSeq, attempt.N).
			Select("FinishedAt", "DurationMS", "Outcome", "HTTPStatus", "ErrorCode", "Error", "RetryAfter", "Response", "Address",
				"DNSMS", "ConnectMS", "TLSMS", "FirstByteMS").
			Updates(&attempt)
		if closed.Error != nil || closed.RowsAffected == 0 || attempt.Outcome != models.OutcomeDelivered {
			return closed.Error
		}
		return tx.Model(&models.Delivery{}).
			Where("id = ? AND run_seq = ?", attempt.DeliveryID, attempt.RunSeq).
			Where("status IN ?", []models.DeliveryStatus{models.DeliveryPending, models.DeliveryRetrying}).
			Updates(map[string]any{
				"status": models.DeliveryDelivered, "attempt": attempt.N, "error_code": "", "error": "",
				"next_attempt_at": nil, "updated_at": attempt.FinishedAt,
			}).Error
	})
	return wrap(err, "close attempt")
}
