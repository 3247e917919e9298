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

// Reasons why OpenAttempt finds no job.
const (
	// ReasonErased: the lead is gone with all its deliveries.
	ReasonErased = "lead_erased"
	// ReasonNoDestination and ReasonNoVersion: the lead is there, but not where it
	// goes or what it was filled in with. Neither is ever deleted.
	ReasonNoDestination = "no_destination"
	ReasonNoVersion     = "no_form_version"
)

// lacking gives an error that says not found its reason.
func lacking(reason string, err error) error {
	if coded, ok := errors.AsType[*models.Error](err); ok && coded.Code == models.CodeNotFound {
		return &models.Error{Code: coded.Code, Reason: reason, Message: coded.Message}
	}
	return err
}

// OpenAttempt makes sure the attempt has a row and reads what it needs. An
// attempt that exists already is returned as it is. Where something is not found,
// the error's reason says what.
func (s *Store) OpenAttempt(ctx context.Context, attempt models.Attempt) (Job, error) {
	return s.openAttempt(ctx, attempt, s.FormVersion)
}

// OpenAttempt is Store.OpenAttempt; the definition comes from memory.
func (c *Cached) OpenAttempt(ctx context.Context, attempt models.Attempt) (Job, error) {
	return c.openAttempt(ctx, attempt, c.FormVersion)
}

// openAttempt makes as few queries as it can: endpoints wait for them.
func (s *Store) openAttempt(ctx context.Context, attempt models.Attempt, formVersion readVersion) (Job, error) {
	db := s.db.WithContext(ctx)
	job, err := readJob(db, attempt.DeliveryID)
	if err != nil {
		return Job{}, err
	}
	job.Attempt = attempt
	job.Attempt.ActionID = job.Delivery.ActionID
	created := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&job.Attempt)
	if errors.Is(created.Error, gorm.ErrForeignKeyViolated) {
		return Job{}, lacking(ReasonErased, read(gorm.ErrRecordNotFound, "delivery"))
	}
	if created.Error != nil {
		return Job{}, wrap(created.Error, "open attempt")
	}
	if created.RowsAffected == 0 {
		err := db.Take(&job.Attempt, "delivery_id = ? AND run_seq = ? AND n = ?",
			attempt.DeliveryID, attempt.RunSeq, attempt.N).Error
		if err != nil {
			return Job{}, lacking(ReasonErased, read(err, "attempt"))
		}
	}
	version, err := formVersion(ctx, job.Submission.FormID, job.Submission.FormVersion)
	if err != nil {
		return Job{}, lacking(ReasonNoVersion, err)
	}
	job.Definition = version.Definition
	return job, nil
}

// readVersion is Store.FormVersion, or a cache of it.
type readVersion func(ctx context.Context, formID string, version int) (models.FormVersion, error)

// DestinationOf reads where a delivery goes.
func (s *Store) DestinationOf(ctx context.Context, deliveryID string) (models.Destination, error) {
	var found models.Destination
	err := s.db.WithContext(ctx).Take(&found, "action_id = (SELECT action_id FROM deliveries WHERE id = ?)", deliveryID).Error
	return found, read(err, "destination")
}

// liveDelivery is what an attempt reads fresh, in one query.
type liveDelivery struct {
	models.Delivery

	Submission  *models.Submission `gorm:"foreignKey:SubmissionID;references:ID"`
	Destination *liveDestination   `gorm:"foreignKey:ActionID;references:ActionID"`
}

type liveDestination struct {
	models.Destination

	Secret *models.Secret `gorm:"foreignKey:FormID;references:FormID"`
}

// TableName implements gorm's Tabler.
func (liveDelivery) TableName() string { return "deliveries" }

// TableName implements gorm's Tabler.
func (liveDestination) TableName() string { return "destinations" }

func readJob(db *gorm.DB, deliveryID string) (Job, error) {
	var live liveDelivery
	err := db.Joins("Submission").Joins("Destination").Joins("Destination.Secret").Take(&live, "deliveries.id = ?", deliveryID).Error
	if err != nil {
		return Job{}, lacking(ReasonErased, read(err, "delivery"))
	}
	if live.Destination == nil || live.Destination.ActionID == "" {
		return Job{}, lacking(ReasonNoDestination, read(gorm.ErrRecordNotFound, "destination"))
	}
	return Job{
		Delivery: live.Delivery, Submission: *live.Submission,
		Destination: live.Destination.Destination, Secret: live.Destination.Secret,
	}, nil
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
