package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// SaveFiles stores files with their bytes, all or none. A file of an id that is
// there already stays as it is.
func (s *Store) SaveFiles(ctx context.Context, uploads []models.Upload) error {
	files, contents := make([]models.File, len(uploads)), make([]models.FileContent, len(uploads))
	for i, upload := range uploads {
		files[i] = upload.File
		contents[i] = models.FileContent{FileID: upload.ID, Content: upload.Content}
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&files).Error; err != nil {
			return err
		}
		return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&contents).Error
	})
	return wrap(err, "store files")
}

// FileReferences are the files that a lead names before it is accepted.
type FileReferences struct {
	SubmissionID string
	FormID       string
	// IDs are the files' ids by the names of their fields; there is at least one.
	IDs map[string]string
	At  time.Time
}

// ReferFiles returns those of the files that the lead may have: they were
// uploaded for the form and the field, and no other lead has them. From now on
// SweepFiles leaves them alone, whatever becomes of the lead.
func (s *Store) ReferFiles(ctx context.Context, refs FileReferences) ([]models.File, error) {
	named := make([][]any, 0, len(refs.IDs))
	for field, id := range refs.IDs {
		named = append(named, []any{id, field})
	}
	var files []models.File
	err := s.db.WithContext(ctx).Raw(`
		UPDATE files SET referenced_at = coalesce(referenced_at, @at)
		WHERE (id, field) IN @named AND form_id = @form AND (submission_id IS NULL OR submission_id = @submission)
		RETURNING *`, map[string]any{
		"at": refs.At, "named": named, "form": refs.FormID, "submission": refs.SubmissionID,
	}).Scan(&files).Error
	return files, wrap(err, "refer to files")
}

// claimFiles gives a lead that was just stored its files. One that another lead
// has already stays with that.
func claimFiles(tx *gorm.DB, lead models.Submission) error {
	if len(lead.Files) == 0 {
		return nil
	}
	ids := make([]string, len(lead.Files))
	for i, file := range lead.Files {
		ids[i] = file.FileID
	}
	return tx.Model(&models.File{}).Where("id IN ? AND submission_id IS NULL", ids).Update("submission_id", lead.ID).Error
}

// File reads a file with its bytes.
func (s *Store) File(ctx context.Context, id string) (models.Upload, error) {
	var found struct {
		models.File
		Content []byte
	}
	err := s.db.WithContext(ctx).Table("files").Select("files.*, content").
		Joins("JOIN file_contents ON file_id = id").Take(&found, "id = ?", id).Error
	if err != nil {
		return models.Upload{}, read(err, "file")
	}
	return found, nil
}

// SweepFiles removes up to limit files that were uploaded before the time and
// that no lead has named, and returns how many it removed.
func (s *Store) SweepFiles(ctx context.Context, before time.Time, limit int) (int, error) {
	swept := s.db.WithContext(ctx).Exec(`
		DELETE FROM files WHERE id IN (
			SELECT id FROM files WHERE referenced_at IS NULL AND created_at < ?
			ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED
		)`, before, limit)
	return int(swept.RowsAffected), wrap(swept.Error, "sweep files")
}
