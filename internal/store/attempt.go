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
	// Target is where the attempt's run goes, where it is not the destination's own
	// URL.
	Target models.Target
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
	job, err := readJob(db, attempt)
	if err != nil {
		return Job{}, err
	}
	job.Attempt = attempt
	job.Attempt.ActionID, job.Attempt.Elsewhere = job.Delivery.ActionID, job.Target.Elsewhere()
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

	Submission  *liveSubmission  `gorm:"foreignKey:SubmissionID;references:ID"`
	Destination *liveDestination `gorm:"foreignKey:ActionID;references:ActionID"`
	Elsewhere   *models.Target   `gorm:"foreignKey:DeliveryID;references:ID"`
}

type liveSubmission struct {
	models.Submission

	Conversation *conversationLink `gorm:"foreignKey:ConversationID,AgentID;references:ID,AgentID"`
}

type liveDestination struct {
	models.Destination

	Secret *models.Secret `gorm:"foreignKey:FormID;references:FormID"`
}

// TableName implements gorm's Tabler.
func (liveDelivery) TableName() string { return "deliveries" }

// TableName implements gorm's Tabler.
func (liveSubmission) TableName() string { return "submissions" }

// TableName implements gorm's Tabler.
func (liveDestination) TableName() string { return "destinations" }

func readJob(db *gorm.DB, attempt models.Attempt) (Job, error) {
	var live liveDelivery
	err := db.Joins("Submission").Joins("Submission.Conversation").Joins("Destination").Joins("Destination.Secret").
		Joins("Elsewhere", db.Where(&models.Target{RunSeq: attempt.RunSeq})).
		Take(&live, "deliveries.id = ?", attempt.DeliveryID).Error
	if err != nil {
		return Job{}, lacking(ReasonErased, read(err, "delivery"))
	}
	if live.Destination == nil || live.Destination.ActionID == "" {
		return Job{}, lacking(ReasonNoDestination, read(gorm.ErrRecordNotFound, "destination"))
	}
	lead := live.Submission.Submission
	if live.Submission.Conversation != nil {
		lead.ConversationURL = live.Submission.Conversation.URL
	}
	job := Job{
		Delivery: live.Delivery, Submission: lead,
		Destination: live.Destination.Destination, Secret: live.Destination.Secret,
	}
	if live.Elsewhere != nil {
		job.Target = *live.Elsewhere
	}
	return job, nil
}

// CloseAttempt records an attempt's verdict, and on success that the delivery
// is done: in one statement, because every lead waits for it. Closing an attempt
// twice changes nothing.
func (s *Store) CloseAttempt(ctx context.Context, attempt models.Attempt) error {
	phases := attempt.Phases
	err := s.db.WithContext(ctx).Exec(`
		WITH closed AS (
			UPDATE attempts SET finished_at = @at, duration_ms = @duration, outcome = @outcome, http_status = @status,
			       error_code = @code, error = @error, retry_after = @retryAfter, response = @response, address = @address,
			       dns_ms = @dns, connect_ms = @connect, tls_ms = @tls, first_byte_ms = @firstByte
			WHERE delivery_id = @delivery AND run_seq = @run AND n = @n AND finished_at IS NULL
			RETURNING delivery_id, run_seq, n, outcome, finished_at)
		UPDATE deliveries SET status = @delivered, attempt = closed.n, error_code = '', error = '',
		       next_attempt_at = NULL, updated_at = closed.finished_at
		FROM closed
		WHERE deliveries.id = closed.delivery_id AND deliveries.run_seq = closed.run_seq
		      AND closed.outcome = @success AND deliveries.status IN ('pending', 'retrying')`,
		map[string]any{
			"at": attempt.FinishedAt, "duration": attempt.DurationMS, "outcome": attempt.Outcome, "status": attempt.HTTPStatus,
			"code": attempt.ErrorCode, "error": attempt.Error, "retryAfter": attempt.RetryAfter, "response": attempt.Response,
			"address": attempt.Address, "dns": phases.DNSMS, "connect": phases.ConnectMS, "tls": phases.TLSMS, "firstByte": phases.FirstByteMS,
			"delivery": attempt.DeliveryID, "run": attempt.RunSeq, "n": attempt.N,
			"delivered": models.DeliveryDelivered, "success": models.OutcomeDelivered,
		}).Error
	return wrap(err, "close attempt")
}
