package store

import (
	"context"
	"strings"
	"time"

	"leadrail/models"
)

// Progress is how far a lead is: nothing of what its visitor sent.
type Progress struct {
	SubmissionID  string
	Status        models.Status
	FailureReason string
	CompletedAt   *time.Time
	// Deliveries are in the order of their ids, which is by age.
	Deliveries []DeliveryProgress
}

// DeliveryProgress is how far a delivery is.
type DeliveryProgress struct {
	DeliveryID    string
	ActionID      string
	ActionName    string
	Type          models.ActionType
	Status        models.DeliveryStatus
	NextAttemptAt *time.Time
	// ErrorCode tells of the newest attempt that failed.
	ErrorCode models.ErrorCode
	// Tries counts the attempts over all runs, one under way included.
	Tries int
}

// progressQuery reads many leads in one statement, and so each of them as it was
// at one moment. The ids are one text, so that any number of them is one query.
const progressQuery = `SELECT submissions.id AS submission_id, submissions.status, submissions.failure_reason, submissions.completed_at,
		deliveries.id AS delivery_id, deliveries.action_id, deliveries.action_name, deliveries.type,
		deliveries.status AS delivery_status, deliveries.next_attempt_at, deliveries.error_code,
		(SELECT count(*) FROM attempts WHERE attempts.delivery_id = deliveries.id) AS tries
	FROM submissions LEFT JOIN deliveries ON deliveries.submission_id = submissions.id
	WHERE submissions.id = ANY (string_to_array(?, ','))
	ORDER BY submissions.id, deliveries.id`

// progressRow is a delivery with its lead, or a lead without deliveries.
type progressRow struct {
	SubmissionID   string
	Status         models.Status
	FailureReason  string
	CompletedAt    *time.Time
	DeliveryID     *string
	ActionID       string
	ActionName     string
	Type           models.ActionType
	DeliveryStatus models.DeliveryStatus
	NextAttemptAt  *time.Time
	ErrorCode      models.ErrorCode
	Tries          int
}

// Progress reads how far leads are, by their ids. Those that are not stored are
// missing.
func (s *Store) Progress(ctx context.Context, submissionIDs []string) (map[string]Progress, error) {
	var rows []progressRow
	if err := s.db.WithContext(ctx).Raw(progressQuery, strings.Join(submissionIDs, ",")).Scan(&rows).Error; err != nil {
		return nil, wrap(err, "read progress")
	}
	found := map[string]Progress{}
	for _, row := range rows {
		lead := found[row.SubmissionID]
		lead.SubmissionID, lead.Status = row.SubmissionID, row.Status
		lead.FailureReason, lead.CompletedAt = row.FailureReason, row.CompletedAt
		if row.DeliveryID != nil {
			lead.Deliveries = append(lead.Deliveries, DeliveryProgress{
				DeliveryID: *row.DeliveryID, ActionID: row.ActionID, ActionName: row.ActionName, Type: row.Type,
				Status: row.DeliveryStatus, NextAttemptAt: row.NextAttemptAt, ErrorCode: row.ErrorCode, Tries: row.Tries,
			})
		}
		found[row.SubmissionID] = lead
	}
	return found, nil
}
