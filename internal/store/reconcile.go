package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// OpenLead is a lead that is not finished.
type OpenLead struct {
	ID     string
	RunSeq int
	// Attempted reports that the run has made an attempt, and so was started.
	Attempted bool
}

// OpenLeads selects leads for a look at their workflows.
type OpenLeads struct {
	// At is the time of the round. A lead is taken at most once in it.
	At time.Time
	// ChangedBefore leaves out leads that were submitted, or of which a delivery
	// changed, since.
	ChangedBefore time.Time
	// AttemptedBefore leaves out leads of which an attempt is under way that began
	// since. It goes on where its run was ended by force.
	AttemptedBefore time.Time
	Limit           int
}

// TakeOpenLeads returns the open leads whose last look is longest ago, and
// notes that they are looked at now, so that all get their turn. It waits for
// nobody: a lead that is being written is left for the next time.
func (s *Store) TakeOpenLeads(ctx context.Context, filter OpenLeads) ([]OpenLead, error) {
	var leads []OpenLead
	err := s.db.WithContext(ctx).Raw(`
		WITH due AS (
			SELECT lead.id
			FROM submissions AS lead CROSS JOIN LATERAL (
				SELECT greatest(lead.submitted_at, max(updated_at)) AS changed_at
				FROM deliveries WHERE submission_id = lead.id
			) AS last
			WHERE lead.status IN ('pending', 'retrying')
			      AND (lead.reconciled_at IS NULL OR lead.reconciled_at < @at)
			      AND last.changed_at < @changed_before
			      AND NOT EXISTS (
			      	SELECT FROM attempts JOIN deliveries ON deliveries.id = attempts.delivery_id
			      	WHERE deliveries.submission_id = lead.id AND finished_at IS NULL AND started_at >= @attempted_before
			      )
			ORDER BY lead.reconciled_at NULLS FIRST, lead.id
			LIMIT @limit FOR UPDATE OF lead SKIP LOCKED
		)
		UPDATE submissions SET reconciled_at = @at FROM due WHERE submissions.id = due.id
		RETURNING submissions.id, submissions.run_seq, EXISTS (
			SELECT FROM attempts JOIN deliveries ON deliveries.id = attempts.delivery_id
			WHERE deliveries.submission_id = submissions.id AND attempts.run_seq = submissions.run_seq
		) AS attempted`, map[string]any{
		"at": filter.At, "changed_before": filter.ChangedBefore, "attempted_before": filter.AttemptedBefore, "limit": filter.Limit,
	}).Scan(&leads).Error
	return leads, wrap(err, "take open leads")
}

// Ending is a lead's run that ended without writing how.
type Ending struct {
	SubmissionID string `json:"id"`
	RunSeq       int    `json:"seq"`
	Reason       string `json:"reason"`
}

// EndedLead is a lead as EndLeads left it.
type EndedLead struct {
	ID            string
	FormID        string
	Status        models.Status
	FailureReason string
}

// EndLeads ends leads in the place of their runs: what was not delivered is
// failed, for the ending's reason, and with it the lead; one that has nothing
// left undelivered is completed. It counts the failed ones for the next alert
// about their form. Leads that finished meanwhile, or whose replay began, are
// not touched. What comes back are the others.
func (s *Store) EndLeads(ctx context.Context, endings []Ending, at time.Time) ([]EndedLead, error) {
	rows, err := models.NewDocument(endings)
	if err != nil || len(endings) == 0 {
		return nil, err
	}
	var ended []EndedLead
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		ids, err := lockEnded(tx, rows)
		if err != nil || len(ids) == 0 {
			return err
		}
		args := map[string]any{"rows": rows, "ids": ids, "at": at, "code": models.ErrorCancelled}
		if err := tx.Exec(failOpenDeliveries, args).Error; err != nil {
			return err
		}
		if err := tx.Raw(endLeads, args).Scan(&ended).Error; err != nil {
			return err
		}
		return tx.Exec(countFailed, args).Error
	})
	return ended, wrap(err, "end leads")
}

// lockEnded locks the leads that still are of the run that ended. Locked first,
// they are written in the order in which Finalize writes.
func lockEnded(tx *gorm.DB, rows models.Document) (ids []string, err error) {
	err = tx.Raw(`
		SELECT lead.id FROM submissions AS lead
		JOIN jsonb_to_recordset(CAST(@rows AS jsonb)) AS ended (id text, seq bigint) ON ended.id = lead.id
		WHERE lead.run_seq = ended.seq AND lead.status IN ('pending', 'retrying')
		ORDER BY lead.id FOR UPDATE OF lead`, map[string]any{"rows": rows}).Scan(&ids).Error
	return ids, err
}

const (
	failOpenDeliveries = `
		UPDATE deliveries SET status = 'failed', error_code = @code, error = ended.reason,
		       next_attempt_at = NULL, updated_at = @at
		FROM jsonb_to_recordset(CAST(@rows AS jsonb)) AS ended (id text, reason text)
		WHERE deliveries.submission_id = ended.id AND ended.id IN @ids
		      AND deliveries.status IN ('pending', 'retrying')`
	endLeads = `
		UPDATE submissions SET completed_at = @at,
		       status = CASE WHEN undelivered THEN 'failed' ELSE 'completed' END,
		       failure_reason = CASE WHEN undelivered THEN ended.reason ELSE '' END
		FROM jsonb_to_recordset(CAST(@rows AS jsonb)) AS ended (id text, reason text) CROSS JOIN LATERAL (
			SELECT count(*) > 0 AS undelivered FROM deliveries
			WHERE submission_id = ended.id AND status <> 'delivered'
		) AS outcome
		WHERE submissions.id = ended.id AND ended.id IN @ids
		RETURNING submissions.id, form_id, status, failure_reason`
	countFailed = `
		INSERT INTO alerts (form_id, submission_id, run_seq, sent_at, told, failed)
		SELECT forms.id, '', 0, to_timestamp(0), 0, count(*)
		FROM submissions JOIN forms ON forms.id = submissions.form_id
		WHERE submissions.id IN @ids AND status = 'failed' AND forms.alert_email <> ''
		GROUP BY forms.id
		ON CONFLICT (form_id) DO UPDATE SET failed = alerts.failed + excluded.failed`
)
