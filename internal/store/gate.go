package store

import (
	"cmp"
	"context"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// decisionBatch bounds the parameters of one statement.
const decisionBatch = 500

// AddDecisions stores answers of the gate, and makes their conversations where they
// are new. An answer that is stored already stays as it is, so that a batch
// whose fate is not known can be sent again.
func (s *Store) AddDecisions(ctx context.Context, decisions []models.GateDecision) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		once := clause.OnConflict{DoNothing: true}
		if err := tx.Clauses(once).CreateInBatches(named(decisions), decisionBatch).Error; err != nil {
			return err
		}
		return tx.Clauses(once).CreateInBatches(decisions, decisionBatch).Error
	})
	return wrap(err, "store gate decisions")
}

// named are the conversations that decisions name, each once. They are in one
// order, on every machine, so that replicas do not wait for each other in a circle.
func named(decisions []models.GateDecision) []models.Conversation {
	found := make([]models.Conversation, len(decisions))
	for i, d := range decisions {
		found[i] = bareConversation(ConversationKey{AgentID: d.AgentID, ID: d.ConversationID}, d.At)
	}
	slices.SortFunc(found, func(a, b models.Conversation) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.AgentID, b.AgentID), a.CreatedAt.Compare(b.CreatedAt))
	})
	return slices.CompactFunc(found, func(a, b models.Conversation) bool { return a.ID == b.ID && a.AgentID == b.AgentID })
}

// Decisions reads what the gate answered in a conversation, newest first and at
// most limit of it.
func (s *Store) Decisions(ctx context.Context, key ConversationKey, limit int) ([]models.GateDecision, error) {
	var rows []models.GateDecision
	err := key.decisions(s.db.WithContext(ctx), limit).Find(&rows).Error
	return rows, wrap(err, "read gate decisions")
}

func (k ConversationKey) decisions(query *gorm.DB, limit int) *gorm.DB {
	return query.Where("conversation_id = ? AND agent_id = ?", k.ID, k.AgentID).Order("id DESC").Limit(limit)
}
