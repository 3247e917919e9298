package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// EnsureSecret returns the secret of a form: the one that is stored, or fresh
// where there is none, which is stored. Of several at once, one is. It is not
// found when the form is unknown.
func (s *Store) EnsureSecret(ctx context.Context, fresh models.Secret) (models.Secret, error) {
	db := s.db.WithContext(ctx)
	created := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&fresh)
	if created.Error == nil && created.RowsAffected == 0 {
		var stored models.Secret
		err := db.Take(&stored, "form_id = ?", fresh.FormID).Error
		return stored, read(err, "secret")
	}
	return fresh, secretError(created.Error)
}

// RotateSecret makes next, whose PreviousExpiresAt is nil or the end of the
// overlap, the secret of a form, and returns it with the one that was in force
// until now as its Previous. That before is dropped. A form without a secret
// has no Previous. It is not found when the form is unknown.
//
// One statement locks the row, so that of several at once each one drops or
// keeps what the one before it made.
func (s *Store) RotateSecret(ctx context.Context, next models.Secret) (models.Secret, error) {
	kept := map[string]any{
		"current": gorm.Expr("excluded.current"), "updated_at": gorm.Expr("excluded.updated_at"),
		"previous": gorm.Expr("NULL"), "previous_expires_at": next.PreviousExpiresAt,
	}
	if next.PreviousExpiresAt != nil {
		kept["previous"] = gorm.Expr("secrets.current")
	}
	next.PreviousExpiresAt = nil // of a first secret
	err := s.db.WithContext(ctx).Clauses(
		clause.OnConflict{Columns: []clause.Column{{Name: "form_id"}}, DoUpdates: clause.Assignments(kept)},
		clause.Returning{},
	).Create(&next).Error
	return next, secretError(err)
}

func secretError(err error) error {
	if errors.Is(err, gorm.ErrForeignKeyViolated) || unstorable(err) {
		return read(gorm.ErrRecordNotFound, "form")
	}
	return wrap(err, "write secret")
}
