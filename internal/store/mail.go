package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// SaveMail keeps a mail in the outbox.
func (s *Store) SaveMail(ctx context.Context, mail models.Mail) error {
	return wrap(s.db.WithContext(ctx).Create(&mail).Error, "save mail")
}

// Mails reads the newest mails of the outbox.
func (s *Store) Mails(ctx context.Context, limit int) ([]models.Mail, error) {
	var mails []models.Mail
	if err := s.db.WithContext(ctx).Order("id DESC").Limit(limit).Find(&mails).Error; err != nil {
		return nil, wrap(err, "read mails")
	}
	return mails, nil
}

// Mail reads one mail of the outbox.
func (s *Store) Mail(ctx context.Context, id string) (models.Mail, error) {
	var mail models.Mail
	if err := s.db.WithContext(ctx).Take(&mail, "id = ?", id).Error; err != nil {
		return models.Mail{}, read(err, "mail")
	}
	return mail, nil
}

// ClaimAlert counts a failed lead of a form, and reports whether its owner is
// to be told now: at most once in the given time, however many workers ask. The
// count is of the leads that failed since the alert before, this one included.
func (s *Store) ClaimAlert(ctx context.Context, formID string, at time.Time, every time.Duration) (failed int, tell bool, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var alert models.Alert
		if err := tx.Raw(`
			INSERT INTO alerts (form_id, sent_at, failed) VALUES (?, 'epoch', 1)
			ON CONFLICT (form_id) DO UPDATE SET failed = alerts.failed + 1
			RETURNING *`, formID).Scan(&alert).Error; err != nil {
			return err
		}
		failed, tell = alert.Failed, at.Sub(alert.SentAt) >= every
		if !tell {
			return nil
		}
		return tx.Model(&alert).Where("form_id = ?", formID).
			Updates(map[string]any{"sent_at": at, "failed": 0}).Error
	})
	return failed, tell, wrap(err, "claim alert")
}

// HasEmailActions reports whether any form sends mail.
func (s *Store) HasEmailActions(ctx context.Context) (bool, error) {
	var found bool
	err := s.db.WithContext(ctx).
		Raw("SELECT EXISTS (SELECT 1 FROM destinations WHERE recipients IS NOT NULL)").Scan(&found).Error
	return found, wrap(err, "look for email actions")
}
