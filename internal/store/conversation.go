package store

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// ConversationKey names a conversation: its id is unique per agent.
type ConversationKey struct{ AgentID, ID string }

// bareConversation is one of which no more is known than that something names it.
func bareConversation(key ConversationKey, at time.Time) models.Conversation {
	return models.Conversation{
		ID: key.ID, AgentID: key.AgentID, Messages: []models.Message{}, CreatedAt: at, UpdatedAt: at,
	}
}

// noteConversation makes the row of the conversation that a new lead names.
func noteConversation(tx *gorm.DB, lead models.Submission) error {
	if lead.ConversationID == "" {
		return nil
	}
	row := bareConversation(ConversationKey{lead.AgentID, lead.ConversationID}, lead.SubmittedAt)
	return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
}

// conversationLink is the part of a conversation that its leads are shown with.
type conversationLink struct {
	ID      string `gorm:"primaryKey"`
	AgentID string `gorm:"primaryKey"`
	URL     string
}

// TableName implements gorm's Tabler.
func (conversationLink) TableName() string { return "conversations" }

// linkConversations fills in the links that agents told of the leads'
// conversations.
func (s *Store) linkConversations(ctx context.Context, leads []models.Submission) error {
	var keys [][]any
	for _, lead := range leads {
		if lead.ConversationID != "" {
			keys = append(keys, []any{lead.ConversationID, lead.AgentID})
		}
	}
	if len(keys) == 0 {
		return nil
	}
	var links []conversationLink
	err := s.db.WithContext(ctx).Where("(id, agent_id) IN ? AND url <> ''", keys).Find(&links).Error
	if err != nil {
		return wrap(err, "read links of conversations")
	}
	urls := map[ConversationKey]string{}
	for _, link := range links {
		urls[ConversationKey{link.AgentID, link.ID}] = link.URL
	}
	for i, lead := range leads {
		leads[i].ConversationURL = urls[ConversationKey{lead.AgentID, lead.ConversationID}]
	}
	return nil
}

// SaveConversation stores what an agent tells of a conversation, in the place of
// what it told before. What comes back is what is stored: of one that was there
// already, with its CreatedAt.
func (s *Store) SaveConversation(ctx context.Context, conversation models.Conversation) (models.Conversation, error) {
	err := s.db.WithContext(ctx).Clauses(
		clause.OnConflict{
			Columns:   []clause.Column{{Name: "id"}, {Name: "agent_id"}},
			DoUpdates: clause.AssignmentColumns([]string{"title", "url", "messages", "message_count", "updated_at"}),
		},
		clause.Returning{Columns: []clause.Column{{Name: "created_at"}}},
	).Create(&conversation).Error
	return conversation, wrap(err, "store conversation")
}

// ConversationsOf reads the conversations that have an id, those of two agents
// at most: more of one id cannot be told apart either way. No agents are all.
func (s *Store) ConversationsOf(ctx context.Context, id string, agentIDs []string) ([]models.Conversation, error) {
	var rows []models.Conversation
	err := ofID(s.db.WithContext(ctx), id, agentIDs).Find(&rows).Error
	return rows, read(err, "conversation")
}

func ofID(query *gorm.DB, id string, agentIDs []string) *gorm.DB {
	query = query.Where("id = ?", id)
	if len(agentIDs) > 0 {
		query = query.Where("agent_id IN ?", agentIDs)
	}
	return query.Order("agent_id").Limit(2)
}

// ConversationFilter selects conversations. Zero fields select everything.
type ConversationFilter struct {
	AgentIDs []string
	// After continues behind the last conversation of the page before.
	After *ConversationCursor
	// Limit is the size of the page; it must be positive.
	Limit int
}

// ConversationCursor is a place in the order of conversations: newest first,
// agent and id deciding between those of the same moment.
type ConversationCursor struct {
	CreatedAt time.Time `json:"t"`
	AgentID   string    `json:"a"`
	ID        string    `json:"id"`
}

// Conversations reads a page of conversations, newest first, without their
// messages. Those that come between two pages never shift the second one.
func (s *Store) Conversations(ctx context.Context, filter ConversationFilter) ([]models.Conversation, error) {
	var rows []models.Conversation
	err := filter.page(s.db.WithContext(ctx)).Find(&rows).Error
	return rows, wrap(err, "read conversations")
}

func (f ConversationFilter) page(query *gorm.DB) *gorm.DB {
	query = query.Omit("messages").Order("created_at DESC, agent_id DESC, id DESC").Limit(f.Limit)
	if len(f.AgentIDs) > 0 {
		query = query.Where("agent_id IN ?", f.AgentIDs)
	}
	if f.After != nil {
		query = query.Where("(created_at, agent_id, id) < (?, ?, ?)", f.After.CreatedAt, f.After.AgentID, f.After.ID)
	}
	return query
}

// LeadsOf reads the leads of a conversation, newest first and at most limit of
// them, without their deliveries.
func (s *Store) LeadsOf(ctx context.Context, key ConversationKey, limit int) ([]models.Submission, error) {
	var rows []models.Submission
	err := key.leads(s.db.WithContext(ctx), limit).Find(&rows).Error
	return rows, wrap(err, "read the leads of a conversation")
}

func (k ConversationKey) leads(query *gorm.DB, limit int) *gorm.DB {
	return query.Where("conversation_id = ? AND conversation_id <> '' AND agent_id = ?", k.ID, k.AgentID).
		Order("submitted_at DESC, id DESC").Limit(limit)
}
