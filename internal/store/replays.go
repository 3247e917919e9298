package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// CreateReplay makes a replay of the failed leads that the filter selects, and
// counts them in replay.Matched: those that had failed by replay.CreatedAt. It
// takes these and no others, however long it lasts.
func (s *Store) CreateReplay(ctx context.Context, replay models.Replay, filter SubmissionFilter) (models.Replay, error) {
	var err error
	if replay.Filter, err = models.NewDocument(filter); err != nil {
		return replay, fmt.Errorf("encode filter: %w", err)
	}
	var matched int64
	err = replayable(s.db.WithContext(ctx).Model(&models.Submission{}), filter).
		Where(failedBefore, replay.CreatedAt).Count(&matched).Error
	if err != nil {
		return replay, wrap(err, "count failed leads")
	}
	replay.Matched = int(matched)
	return replay, wrap(s.db.WithContext(ctx).Create(&replay).Error, "create replay")
}

// CountReplayable counts the failed leads that the filter selects, of those with
// a delivery that failed.
func (s *Store) CountReplayable(ctx context.Context, filter SubmissionFilter) (int, error) {
	var count int64
	err := replayable(s.db.WithContext(ctx).Model(&models.Submission{}), filter).Count(&count).Error
	return int(count), wrap(err, "count failed leads")
}

// failedBefore keeps a replay to what had failed when it was made: what fails
// later, for the first time or again, is for another.
const failedBefore = "completed_at < ?"

// replayable narrows a query to the failed leads that the filter selects, of those
// with a delivery that failed and that no visitor's page makes.
func replayable(query *gorm.DB, filter SubmissionFilter) *gorm.DB {
	filter.Status = models.StatusFailed
	return filter.where(query).
		Where("EXISTS (SELECT FROM deliveries WHERE submission_id = submissions.id AND deliveries.status = ? AND type <> ?)",
			models.DeliveryFailed, models.ActionClient)
}

// Replay reads a replay.
func (s *Store) Replay(ctx context.Context, id string) (models.Replay, error) {
	var replay models.Replay
	err := s.db.WithContext(ctx).Take(&replay, "id = ?", id).Error
	return replay, read(err, "replay")
}

// ReplayOutcome is what became of the leads of a replay so far.
type ReplayOutcome struct {
	// Replayed is how many were taken to another run, which for Succeeded of them
	// delivered and for FailedAgain did not.
	Replayed, Succeeded, FailedAgain int
}

// ReplayOutcome counts what became of the runs that a replay began. What became of
// the leads in later runs changes nothing.
func (s *Store) ReplayOutcome(ctx context.Context, id string) (ReplayOutcome, error) {
	var outcome ReplayOutcome
	err := s.db.WithContext(ctx).Raw(`
		SELECT count(*) AS replayed, count(*) FILTER (WHERE run.status = 'completed') AS succeeded,
		       count(*) FILTER (WHERE run.status = 'failed') AS failed_again
		FROM (
			SELECT coalesce(nullif(ended_as, ''), lead.status) AS status
			FROM replay_leads JOIN submissions AS lead ON lead.id = replay_leads.submission_id
			WHERE replay_id = ?
		) AS run`, id).Scan(&outcome).Error
	return outcome, wrap(err, "count replayed leads")
}

// ReplayPage reads the next failed leads of a replay, first submitted first, with
// their deliveries. Those that it replayed already are left out.
func (s *Store) ReplayPage(ctx context.Context, replay models.Replay, after *SubmissionCursor, limit int) ([]models.Submission, error) {
	var filter SubmissionFilter
	if err := json.Unmarshal(replay.Filter, &filter); err != nil {
		return nil, fmt.Errorf("decode filter: %w", err)
	}
	query := replayable(s.db.WithContext(ctx).Preload("Deliveries"), filter).
		Where(failedBefore, replay.CreatedAt).
		Where("NOT EXISTS (SELECT FROM replay_leads WHERE replay_id = ? AND submission_id = submissions.id)", replay.ID)
	if after != nil {
		query = query.Where("(submitted_at, id) > (?, ?)", after.SubmittedAt, after.ID)
	}
	var leads []models.Submission
	err := query.Order("submitted_at, id").Limit(limit).Find(&leads).Error
	return leads, wrap(err, "read failed leads")
}

// MoveReplay takes a replay to another status, where it is in one of those it may
// come from: paused from running and back, cancelled from both, completed from
// running. It is a conflict elsewhere; being there already is not. FailReplay takes
// it to failed.
func (s *Store) MoveReplay(ctx context.Context, id string, to models.ReplayStatus, at time.Time) (models.Replay, error) {
	change := map[string]any{"status": to}
	from := []models.ReplayStatus{models.ReplayRunning}
	switch to {
	case models.ReplayRunning:
		from = []models.ReplayStatus{models.ReplayPaused}
	case models.ReplayCancelled:
		from, change["ended_at"] = append(from, models.ReplayPaused), at
	case models.ReplayCompleted:
		change["ended_at"] = at
	case models.ReplayPaused, models.ReplayFailed:
	}
	moved := s.db.WithContext(ctx).Model(&models.Replay{}).Where("id = ? AND status IN ?", id, from).Updates(change)
	if moved.Error != nil {
		return models.Replay{}, wrap(moved.Error, "move replay")
	}
	replay, err := s.Replay(ctx, id)
	if err == nil && replay.Status != to {
		err = &models.Error{
			Code: models.CodeConflict, Reason: "replay_ended", Message: fmt.Sprintf("The replay is %s.", replay.Status),
		}
	}
	return replay, err
}

// OpenReplays lists the ids of the replays that were made before a time and have
// not ended, oldest first.
func (s *Store) OpenReplays(ctx context.Context, madeBefore time.Time) ([]string, error) {
	var ids []string
	err := s.db.WithContext(ctx).Model(&models.Replay{}).
		Where("status IN ? AND created_at < ?", []models.ReplayStatus{models.ReplayRunning, models.ReplayPaused}, madeBefore).
		Order("created_at, id").Pluck("id", &ids).Error
	return ids, wrap(err, "list open replays")
}

// FailReplay ends a replay whose workflow has ended, and reports whether it did: one
// that has ended meanwhile is left as it is.
func (s *Store) FailReplay(ctx context.Context, id, reason string, at time.Time) (failed bool, err error) {
	moved := s.db.WithContext(ctx).Model(&models.Replay{}).
		Where("id = ? AND status IN ?", id, []models.ReplayStatus{models.ReplayRunning, models.ReplayPaused}).
		Updates(map[string]any{"status": models.ReplayFailed, "failure_reason": reason, "ended_at": at})
	return moved.RowsAffected > 0, wrap(moved.Error, "fail replay")
}
