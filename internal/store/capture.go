package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// Persist stores an accepted lead with its deliveries, and assigns it to a
// member of the team that its Assignment names, whose turn it is. It is
// idempotent: a lead that is stored already keeps its rows and its assignee.
// What comes back is what is stored, so a repeat sees the ids of the first time.
func (s *Store) Persist(ctx context.Context, lead models.Submission, deliveries []models.Delivery) (models.Submission, error) {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		lead.Deliveries = nil
		if lead.FieldsCompleted == nil {
			lead.FieldsCompleted = []string{} // null is no list
		}
		created := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&lead)
		if created.Error != nil {
			return created.Error
		}
		if created.RowsAffected == 0 {
			return tx.Preload("Deliveries").Take(&lead, "id = ?", lead.ID).Error
		}
		if len(deliveries) > 0 {
			if err := tx.Create(&deliveries).Error; err != nil {
				return err
			}
		}
		lead.Deliveries = deliveries
		if err := claimFiles(tx, lead); err != nil {
			return err
		}
		if err := noteConversation(tx, lead); err != nil {
			return err
		}
		return assignLead(tx, &lead) // last: it holds the team's row until the end
	})
	if err != nil {
		return models.Submission{}, wrap(err, "store lead")
	}
	return lead, nil
}

// assignLead gives a lead that was just stored to a member of its team.
func assignLead(tx *gorm.DB, lead *models.Submission) error {
	route := lead.Assignment
	if route == nil || route.TeamID == "" {
		return nil
	}
	assigned, err := assign(tx, route.TeamID, route.At)
	if err != nil {
		return err
	}
	assigned.At, assigned.Reasons = route.At, append(route.Reasons, assigned.Reasons...)
	lead.Assign(assigned)
	return tx.Model(lead).Select("Assignment", "Team", "Assignee").Updates(lead).Error
}

// Retry is one delivery's wait for its next attempt.
type Retry struct {
	SubmissionID string
	DeliveryID   string
	RunSeq       int
	// Attempt is the number of the attempt that failed.
	Attempt       int
	Verdict       models.Verdict
	NextAttemptAt time.Time
	At            time.Time
}

// MarkRetrying records that a delivery failed and waits. It closes the
// attempt's row where the worker that made the attempt could not.
func (s *Store) MarkRetrying(ctx context.Context, retry Retry) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		lead := tx.Model(&models.Submission{}).
			Where("id = ? AND run_seq = ? AND status = ?", retry.SubmissionID, retry.RunSeq, models.StatusPending).
			Update("status", models.StatusRetrying)
		if lead.Error != nil {
			return lead.Error
		}
		if err := closeAttempt(tx, attemptKey{retry.DeliveryID, retry.RunSeq, retry.Attempt}, retry.Verdict, retry.At); err != nil {
			return err
		}
		return tx.Model(&models.Delivery{}).
			Where("id = ? AND run_seq = ? AND attempt <= ?", retry.DeliveryID, retry.RunSeq, retry.Attempt).
			Where("status IN ?", []models.DeliveryStatus{models.DeliveryPending, models.DeliveryRetrying}).
			Updates(map[string]any{
				"status": models.DeliveryRetrying, "attempt": retry.Attempt,
				"error_code": retry.Verdict.Code, "error": retry.Verdict.Message,
				"next_attempt_at": retry.NextAttemptAt, "updated_at": retry.At,
			}).Error
	})
	return wrap(err, "mark retrying")
}

// Finalize records how a run ended, in one statement: the lead, the attempts that
// were left open, and the deliveries. Writes of a run that is not the newest, and
// repeated writes, change nothing. The parts of a statement run in no order but that
// in which they read each other: the join with closed is there for the order of locks,
// the one with the lead's deliveries so that the planner expects few outcomes and reads
// no table whole.
func (s *Store) Finalize(ctx context.Context, submissionID string, runSeq int, conclusion models.Conclusion, at time.Time) error {
	outcomes, err := outcomeRows(conclusion.Outcomes)
	if err != nil {
		return wrap(err, "finalize lead")
	}
	err = s.db.WithContext(ctx).Exec(`
		WITH ended AS (
			UPDATE submissions SET status = @status, failure_reason = @reason, completed_at = @at
			WHERE id = @lead AND run_seq = @run AND status IN ('pending', 'retrying')
			RETURNING run_seq),
		outcomes AS (
			SELECT o.id, o.n, o.status, o.outcome, o.http_status, o.code, o.message, ended.run_seq
			FROM ended, deliveries AS d JOIN jsonb_to_recordset(CAST(@outcomes AS jsonb))
			     AS o (id text, n bigint, status text, outcome text, http_status bigint, code text, message text)
			     ON o.id = d.id
			WHERE d.submission_id = @lead),
		closed AS (
			UPDATE attempts SET finished_at = @at, outcome = o.outcome, http_status = o.http_status,
			       error_code = o.code, error = o.message
			FROM outcomes AS o
			WHERE attempts.delivery_id = o.id AND attempts.run_seq = o.run_seq AND attempts.n = o.n
			      AND attempts.finished_at IS NULL
			RETURNING attempts.delivery_id)
		UPDATE deliveries SET status = o.status, attempt = o.n, error_code = o.code, error = o.message,
		       next_attempt_at = NULL, updated_at = @at
		FROM outcomes AS o LEFT JOIN closed ON closed.delivery_id = o.id
		WHERE deliveries.id = o.id AND deliveries.run_seq = o.run_seq
		      AND deliveries.status IN ('pending', 'retrying')`,
		map[string]any{
			"lead": submissionID, "run": runSeq, "at": at, "outcomes": outcomes,
			"status": conclusion.Status(), "reason": conclusion.FailureReason(),
		}).Error
	return wrap(err, "finalize lead")
}

// outcomeRows encodes outcomes as the record set that Finalize reads.
func outcomeRows(outcomes []models.DeliveryOutcome) (models.Document, error) {
	rows := make([]map[string]any, len(outcomes))
	for i, outcome := range outcomes {
		status := models.DeliveryFailed
		if outcome.Verdict.Delivered() {
			status = models.DeliveryDelivered
		}
		rows[i] = map[string]any{
			"id": outcome.DeliveryID, "n": outcome.Attempts, "status": status,
			"outcome": outcome.Verdict.Outcome, "http_status": outcome.Verdict.HTTPStatus,
			"code": outcome.Verdict.Code, "message": outcome.Verdict.Message,
		}
	}
	return models.NewDocument(rows)
}

// attemptKey names one attempt.
type attemptKey struct {
	DeliveryID string
	RunSeq     int
	N          int
}

// closeAttempt closes an attempt that is still open with the verdict alone.
func closeAttempt(tx *gorm.DB, key attemptKey, verdict models.Verdict, at time.Time) error {
	return tx.Model(&models.Attempt{}).
		Where("delivery_id = ? AND run_seq = ? AND n = ? AND finished_at IS NULL", key.DeliveryID, key.RunSeq, key.N).
		Updates(map[string]any{
			"finished_at": at, "outcome": verdict.Outcome, "http_status": verdict.HTTPStatus,
			"error_code": verdict.Code, "error": verdict.Message,
		}).Error
}
