package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// refusalBatch bounds the parameters of one statement.
const refusalBatch = 500

// AddRefusals adds counts to those that are stored. Rows in one order, the same
// everywhere, keep replicas from waiting for each other in a circle.
func (s *Store) AddRefusals(ctx context.Context, counted []models.Refusal) error {
	add := clause.OnConflict{
		Columns:   []clause.Column{{Name: "form_id"}, {Name: "day"}, {Name: "field"}, {Name: "code"}},
		DoUpdates: clause.Assignments(map[string]any{"count": gorm.Expr("refusals.count + excluded.count")}),
	}
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		return tx.Clauses(add).CreateInBatches(counted, refusalBatch).Error
	})
	return wrap(err, "add refusals")
}

// Refusals reads what was refused of a form on the days that have begun before
// to and not ended before from: the newest day first, and the most frequent.
func (s *Store) Refusals(ctx context.Context, formID string, from, to time.Time) ([]models.Refusal, error) {
	var counted []models.Refusal
	err := s.db.WithContext(ctx).
		Where("form_id = ? AND day >= ?::date AND day < ?::timestamptz AT TIME ZONE 'UTC'",
			formID, from.UTC().Format(time.DateOnly), to).
		Order("day DESC, count DESC, field, code").Find(&counted).Error
	return counted, wrap(err, "list refusals")
}
