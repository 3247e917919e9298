package store

import (
	"context"
	"time"

	"leadrail/models"
)

// DeleteForm deletes a form that is at the version; 0 stands for any. Its name
// is free from then on. What its leads need stays: versions, destinations and
// the secret. It is not found when there is no such form, and a conflict when
// the form is at another version.
func (s *Store) DeleteForm(ctx context.Context, id string, version int, at time.Time) error {
	db := s.db.WithContext(ctx)
	query := db.Model(&models.Form{}).Where("id = ? AND deleted_at IS NULL", id)
	if version != 0 {
		query = query.Where("version = ?", version)
	}
	deleted := query.UpdateColumn("deleted_at", at)
	if deleted.Error != nil || deleted.RowsAffected > 0 {
		return read(deleted.Error, "form")
	}
	if _, err := s.Form(ctx, id); err != nil {
		return err
	}
	return ErrFormChanged()
}

// KeptForm is Form for those who care for its leads: it reads a deleted form as
// well.
func (s *Store) KeptForm(ctx context.Context, id string) (FormRecord, error) {
	return s.form(ctx, "id = ?", id)
}

// ErrFormChanged makes the conflict of a change to a version that is no longer
// the newest.
func ErrFormChanged() error {
	return &models.Error{
		Code: models.CodeConflict, Reason: "version_mismatch",
		Message: "The form was changed meanwhile: read it again and repeat the change.",
	}
}
