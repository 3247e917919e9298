package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// Submission reads a lead with its deliveries and their attempts, oldest
// attempt first.
func (s *Store) Submission(ctx context.Context, id string) (models.Submission, error) {
	var row models.Submission
	if err := withDeliveries(s.db.WithContext(ctx)).Take(&row, "id = ?", id).Error; err != nil {
		return models.Submission{}, read(err, "submission")
	}
	return row, nil
}

// SubmissionFilter selects leads. Zero fields select everything.
type SubmissionFilter struct {
	FormID         string
	AgentID        string
	ConversationID string
	Status         models.Status
	// From is the first moment of submission that counts, To the first that
	// does not.
	From, To *time.Time
	// After continues behind the last lead of the page before.
	After *SubmissionCursor
	// Limit is the size of the page; it must be positive.
	Limit int
}

// SubmissionCursor is a place in the order of leads: newest first, the id
// deciding between leads of the same moment.
type SubmissionCursor struct {
	SubmittedAt time.Time `json:"t"`
	ID          string    `json:"id"`
}

// Submissions reads a page of leads, newest first, with their deliveries.
// Leads that arrive between two pages never shift the second one.
func (s *Store) Submissions(ctx context.Context, filter SubmissionFilter) ([]models.Submission, error) {
	query := withDeliveries(s.db.WithContext(ctx)).Order("submitted_at DESC, id DESC").Limit(filter.Limit)
	equals := map[string]string{
		"form_id": filter.FormID, "agent_id": filter.AgentID,
		"conversation_id": filter.ConversationID, "status": string(filter.Status),
	}
	for column, value := range equals {
		if value != "" {
			query = query.Where(map[string]any{column: value})
		}
	}
	if filter.From != nil {
		query = query.Where("submitted_at >= ?", *filter.From)
	}
	if filter.To != nil {
		query = query.Where("submitted_at < ?", *filter.To)
	}
	if filter.After != nil {
		query = query.Where("(submitted_at, id) < (?, ?)", filter.After.SubmittedAt, filter.After.ID)
	}
	var rows []models.Submission
	if err := query.Find(&rows).Error; err != nil {
		return nil, wrap(err, "read submissions")
	}
	return rows, nil
}

func withDeliveries(db *gorm.DB) *gorm.DB {
	return db.
		Preload("Deliveries", func(tx *gorm.DB) *gorm.DB { return tx.Order("id") }).
		Preload("Deliveries.Attempts", func(tx *gorm.DB) *gorm.DB { return tx.Order("run_seq, n") })
}
