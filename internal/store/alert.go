package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// AlertClaim asks for the right to tell a form's owner of a failed lead.
type AlertClaim struct {
	FormID       string
	SubmissionID string
	At           time.Time
	// Every is the least time between two alerts of one form.
	Every time.Duration
}

// ClaimAlert counts a failed lead, and reports of how many leads its form's
// owner is to be told now: those that failed since the alert before, this one
// included; 0 when it is too early to tell. However many workers ask, one of
// them may tell, and may again when its mail did not leave.
func (s *Store) ClaimAlert(ctx context.Context, claim AlertClaim) (tell int, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		alert, err := lockAlert(tx, claim.FormID)
		if err != nil {
			return err
		}
		if alert.SubmissionID == claim.SubmissionID {
			tell = alert.Told
			return nil
		}
		alert.Failed++
		if claim.At.Sub(alert.SentAt) >= claim.Every {
			alert.SubmissionID, alert.SentAt, alert.Told, alert.Failed = claim.SubmissionID, claim.At, alert.Failed, 0
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
