package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// AlertKey names what an alert is sent for: a lead's run, or, without one, all
// that failed since the alert before.
type AlertKey struct {
	FormID       string
	SubmissionID string
	RunSeq       int
}

// AlertClaim asks for the right to tell a form's owner of a failed lead.
type AlertClaim struct {
	AlertKey

	At time.Time
	// Every is the least time between two alerts of one form.
	Every time.Duration
}

// ClaimAlert counts a failed lead, and reports of how many leads its form's
// owner is to be told now: those that failed since the alert before, this one
// included; 0 when it is too early to tell, or told. However many workers ask,
// one of them may tell, and may again until AlertSent; what it never tells
// counts for the next alert.
func (s *Store) ClaimAlert(ctx context.Context, claim AlertClaim) (tell int, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		alert, err := lockAlert(tx, claim.FormID)
		if err != nil {
			return err
		}
		if alert.SubmissionID == claim.SubmissionID && alert.RunSeq == claim.RunSeq {
			tell = alert.Told
			return nil
		}
		alert.Failed++
		if claim.At.Sub(alert.SentAt) >= claim.Every {
			alert.SubmissionID, alert.RunSeq, alert.SentAt, alert.Told = claim.SubmissionID, claim.RunSeq, claim.At, alert.Failed
			tell = alert.Told
		}
		return tx.Save(&alert).Error
	})
	return tell, wrap(err, "claim alert")
}

// lockAlert reads a form's alert, an empty one where there was none.
func lockAlert(tx *gorm.DB, formID string) (models.Alert, error) {
	alert := models.Alert{FormID: formID, SentAt: time.Unix(0, 0)}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&alert).Error; err != nil {
		return alert, err
	}
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Take(&alert, "form_id = ?", formID).Error
	return alert, err
}

// AlertSent records that the alert for the key left, so that it is not told
// again.
func (s *Store) AlertSent(ctx context.Context, key AlertKey) error {
	err := s.db.WithContext(ctx).Model(&models.Alert{}).
		Where("form_id = ? AND submission_id = ? AND run_seq = ?", key.FormID, key.SubmissionID, key.RunSeq).
		Updates(map[string]any{"failed": gorm.Expr("failed - told"), "told": 0}).Error
	return wrap(err, "record alert")
}

// DueAlert is what the owner of a form is to be told now.
type DueAlert struct {
	FormID string
	// SubmissionID, RunSeq, FailureReason and FailedAt are those of the lead
	// that failed last.
	SubmissionID  string
	RunSeq        int
	FailureReason string
	FailedAt      time.Time
	// Count is how many leads have failed since the alert before.
	Count int
}

// DueAlerts claims the alerts about leads that failed too early to be told
// alone: those of forms whose last alert is at least every ago. The claims are
// for keys without a lead. Each is given to one caller; what that one never
// tells is due again after the same time.
func (s *Store) DueAlerts(ctx context.Context, at time.Time, every time.Duration) ([]DueAlert, error) {
	var due []DueAlert
	err := s.db.WithContext(ctx).Raw(`
		UPDATE alerts SET submission_id = '', run_seq = 0, sent_at = @at, told = failed
		FROM forms CROSS JOIN LATERAL (
			SELECT id, run_seq, failure_reason, completed_at FROM submissions
			WHERE form_id = forms.id AND status = 'failed'
			ORDER BY completed_at DESC, id DESC LIMIT 1
		) AS newest
		WHERE forms.id = alerts.form_id AND forms.alert_email <> '' AND failed > 0 AND sent_at <= @last
		RETURNING alerts.form_id, newest.id AS submission_id, newest.run_seq, newest.failure_reason,
		          newest.completed_at AS failed_at, told AS count`, map[string]any{
		"at": at, "last": at.Add(-every),
	}).Scan(&due).Error
	return due, wrap(err, "claim due alerts")
}
