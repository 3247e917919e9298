package store

import (
	"context"
	"time"

	"leadrail/models"
)

// DisableDestination switches an action off, with the reason that people see.
// One that is off keeps its reason.
func (s *Store) DisableDestination(ctx context.Context, actionID, reason string, at time.Time) error {
	err := s.db.WithContext(ctx).Model(&models.Destination{}).
		Where("action_id = ? AND enabled", actionID).
		Updates(map[string]any{"enabled": false, "disabled_reason": reason, "updated_at": at}).Error
	return wrap(err, "disable action")
}

// EnableDestination switches an action on; why it was off is forgotten.
func (s *Store) EnableDestination(ctx context.Context, actionID string, at time.Time) error {
	err := s.db.WithContext(ctx).Model(&models.Destination{}).
		Where("action_id = ? AND NOT enabled", actionID).
		Updates(map[string]any{"enabled": true, "disabled_reason": "", "updated_at": at}).Error
	return wrap(err, "enable action")
}

// healthWindow is how far back attempts are counted.
const healthWindow = 24 * time.Hour

// ActionHealth is how the endpoint of an action answered lately. Attempts that
// did not reach it, because the action was off, a replay sent them elsewhere or
// somebody cancelled, do not count.
type ActionHealth struct {
	ActionID string
	// LastSuccessAt is nil where no attempt ever delivered.
	LastSuccessAt *time.Time
	// FailingSince is the first failure after the last success; nil while the
	// newest attempt is a success.
	FailingSince *time.Time
	// Attempts24h and Failures24h count the attempts of the last 24 hours that
	// have ended.
	Attempts24h int `gorm:"column:attempts_24h"`
	Failures24h int `gorm:"column:failures_24h"`
}

// ActionHealth reads the health at a time of the actions, by their ids, in one
// query; those that were never used are absent.
func (s *Store) ActionHealth(ctx context.Context, actionIDs []string, at time.Time) (map[string]ActionHealth, error) {
	found := map[string]ActionHealth{}
	if len(actionIDs) == 0 {
		return found, nil
	}
	var rows []ActionHealth
	err := s.db.WithContext(ctx).Raw(`
		SELECT d.action_id, success.finished_at AS last_success_at, failure.finished_at AS failing_since, recent.*
		FROM destinations d
		LEFT JOIN LATERAL (
			SELECT started_at, finished_at FROM attempts
			WHERE action_id = d.action_id AND NOT elsewhere AND outcome = @delivered
			ORDER BY started_at DESC LIMIT 1
		) success ON true
		LEFT JOIN LATERAL (
			SELECT finished_at FROM attempts
			WHERE action_id = d.action_id AND NOT elsewhere AND started_at > coalesce(success.started_at, '-infinity')
			AND finished_at IS NOT NULL AND outcome <> @delivered AND error_code NOT IN @ours
			ORDER BY started_at LIMIT 1
		) failure ON true
		CROSS JOIN LATERAL (
			SELECT count(*) AS attempts_24h, count(*) FILTER (WHERE outcome <> @delivered) AS failures_24h
			FROM attempts
			WHERE action_id = d.action_id AND NOT elsewhere AND started_at > @since AND finished_at IS NOT NULL AND error_code NOT IN @ours
		) recent
		WHERE d.action_id IN @actions AND (success.finished_at IS NOT NULL OR failure.finished_at IS NOT NULL)`,
		map[string]any{
			"actions": actionIDs, "since": at.Add(-healthWindow), "delivered": models.OutcomeDelivered,
			"ours": []models.ErrorCode{models.ErrorActionDisabled, models.ErrorCancelled},
		}).Scan(&rows).Error
	for _, row := range rows {
		found[row.ActionID] = row
	}
	return found, wrap(err, "read health of actions")
}
