package store

import (
	"context"

	"gorm.io/gorm"

	"leadrail/models"
)

// SaveAudit stores a line of the audit.
func (s *Store) SaveAudit(ctx context.Context, line models.Audit) error {
	return wrap(s.db.WithContext(ctx).Create(&line).Error, "write audit")
}

// AuditFilter selects a page of the audit. Zero fields select everything.
type AuditFilter struct {
	Target, KeyID string
	// Before, when set, is the id that the page continues after: newest first.
	Before string
	// Limit is the size of the page; it must be positive.
	Limit int
}

// Audit reads a page of the audit, newest first.
func (s *Store) Audit(ctx context.Context, filter AuditFilter) ([]models.Audit, error) {
	query := s.db.WithContext(ctx).Order("id DESC").Limit(filter.Limit)
	query = whereSet(query, "target = ?", filter.Target)
	query = whereSet(query, "key_id = ?", filter.KeyID)
	query = whereSet(query, "id < ?", filter.Before)
	var lines []models.Audit
	err := query.Find(&lines).Error
	return lines, wrap(err, "read audit")
}

// whereSet narrows a query by a value that is not empty.
func whereSet(query *gorm.DB, condition, value string) *gorm.DB {
	if value == "" {
		return query
	}
	return query.Where(condition, value)
}
