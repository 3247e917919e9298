package store

import (
	"context"

	"leadrail/models"
)

// ConversationSlice reads limit conversations of agents behind the first offset,
// newest first and without their messages, and how many there are in all.
func (s *Store) ConversationSlice(ctx context.Context, agentIDs []string, limit, offset int) ([]models.Conversation, int, error) {
	var rows []models.Conversation
	var total int64
	filter := ConversationFilter{AgentIDs: agentIDs, Limit: limit}
	err := s.db.WithContext(ctx).Model(&models.Conversation{}).Where("agent_id IN ?", agentIDs).Count(&total).Error
	if err == nil {
		err = filter.page(s.db.WithContext(ctx)).Offset(offset).Find(&rows).Error
	}
	return rows, int(total), wrap(err, "read conversations")
}
