package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// Assign assigns one lead in a transaction of its own.
func (s *Store) Assign(ctx context.Context, teamID string, now time.Time) (models.Assignment, error) {
	var assigned models.Assignment
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) (err error) {
		assigned, err = assign(tx, teamID, now)
		return err
	})
	return assigned, err
}

// AssignThen assigns one lead in a transaction that goes on with then.
func (s *Store) AssignThen(teamID string, now time.Time, then func() error) error {
	return s.db.Transaction(func(tx *gorm.DB) error {
		if _, err := assign(tx, teamID, now); err != nil {
			return err
		}
		return then()
	})
}

// UndeliveredSQL is how a page of what was not delivered is read.
func (s *Store) UndeliveredSQL(filter UndeliveredFilter) string {
	return s.db.ToSQL(func(tx *gorm.DB) *gorm.DB { return filter.page(tx).Scan(&[]Undelivered{}) })
}

// ConversationsSQL is how a page of conversations is read.
func (s *Store) ConversationsSQL(filter ConversationFilter) string {
	return s.db.ToSQL(func(tx *gorm.DB) *gorm.DB { return filter.page(tx).Find(&[]models.Conversation{}) })
}

// ConversationsOfSQL is how the conversations of an id are read.
func (s *Store) ConversationsOfSQL(id string, agentIDs []string) string {
	return s.db.ToSQL(func(tx *gorm.DB) *gorm.DB { return ofID(tx, id, agentIDs).Find(&[]models.Conversation{}) })
}

// LeadsOfSQL is how the leads of a conversation are read.
func (s *Store) LeadsOfSQL(key ConversationKey) string {
	return s.db.ToSQL(func(tx *gorm.DB) *gorm.DB { return key.leads(tx, 10).Find(&[]models.Submission{}) })
}

// DecisionsSQL is how the decisions of a conversation are read.
func (s *Store) DecisionsSQL(key ConversationKey) string {
	return s.db.ToSQL(func(tx *gorm.DB) *gorm.DB { return key.decisions(tx, 10).Find(&[]models.GateDecision{}) })
}
