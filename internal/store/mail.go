package store

import (
	"context"

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

// HasEmailActions reports whether any form sends mail.
func (s *Store) HasEmailActions(ctx context.Context) (bool, error) {
	var found bool
	err := s.db.WithContext(ctx).
		Raw("SELECT EXISTS (SELECT 1 FROM destinations WHERE recipients IS NOT NULL)").Scan(&found).Error
	return found, wrap(err, "look for email actions")
}
