package leads

import (
	"context"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
)

// ConversationStore keeps conversations, and finds what belongs to them.
type ConversationStore interface {
	ConversationRows
	LeadsOf(ctx context.Context, key store.ConversationKey, limit int) ([]models.Submission, error)
	Decisions(ctx context.Context, key store.ConversationKey, limit int) ([]models.GateDecision, error)
}

// ConversationRows are the conversations alone.
type ConversationRows interface {
	SaveConversation(ctx context.Context, conversation models.Conversation) (models.Conversation, error)
	ConversationsOf(ctx context.Context, id string, agentIDs []string) ([]models.Conversation, error)
	Conversations(ctx context.Context, filter store.ConversationFilter) ([]models.Conversation, error)
}

// Conversations is the use cases around the chats that forms are shown in.
type Conversations struct {
	Store ConversationStore
	Now   func() time.Time
	// URL is the template that models.ConversationURL fills in.
	URL string
}

// ConversationInput is what an agent tells of a conversation: all of it, each
// time.
type ConversationInput struct {
	ID      string `json:"-" uri:"id"`
	AgentID string `json:"agentId"`
	Title   string `json:"title"`
	// URL is where people read the conversation; empty for the installation's own
	// link.
	URL      string           `json:"url"`
	Messages []models.Message `json:"messages"`
}

// PutConversation stores what an agent tells of a conversation, in the place of what
// it told before: of several at a time the last one stays. Errors are invalid (one
// problem per place) and forbidden (the agent is a foreign one).
func (c *Conversations) PutConversation(ctx context.Context, in ConversationInput) (ConversationSummary, error) {
	now := c.Now()
	if err := in.check(now); err != nil {
		return ConversationSummary{}, err
	}
	if err := models.PrincipalOf(ctx).MayAgent(in.AgentID); err != nil {
		return ConversationSummary{}, err
	}
	row, err := c.Store.SaveConversation(ctx, models.Conversation{
		ID: in.ID, AgentID: in.AgentID, Title: in.Title, URL: in.URL,
		Messages: append([]models.Message{}, in.Messages...), MessageCount: len(in.Messages),
		CreatedAt: now, UpdatedAt: now,
	})
	if err != nil {
		return ConversationSummary{}, err
	}
	return c.summary(row), nil
}

// ConversationRef names a conversation. AgentID is needed where several agents
// have one of that id.
type ConversationRef struct {
	ID      string `json:"-" uri:"id"`
	AgentID string `form:"agentId" json:"-"`
}

// Conversation reads a conversation with what came of it. Errors are not found,
// forbidden (the agent asked for is a foreign one) and conflict
// ("ambiguous_conversation"): name the agent.
func (c *Conversations) Conversation(ctx context.Context, ref ConversationRef) (Conversation, error) {
	row, err := c.find(ctx, ref)
	if err != nil {
		return Conversation{}, err
	}
	key := store.ConversationKey{AgentID: row.AgentID, ID: row.ID}
	leads, err := c.Store.LeadsOf(ctx, key, maxShown)
	if err != nil {
		return Conversation{}, err
	}
	decisions, err := c.Store.Decisions(ctx, key, maxShown)
	if err != nil {
		return Conversation{}, err
	}
	return c.view(row, leads, decisions), nil
}

// find reads the one conversation of an id that the caller may see.
func (c *Conversations) find(ctx context.Context, ref ConversationRef) (models.Conversation, error) {
	agents, err := models.PrincipalOf(ctx).Agents(ref.AgentID)
	if err != nil {
		return models.Conversation{}, err
	}
	rows, err := c.Store.ConversationsOf(ctx, ref.ID, agents)
	switch {
	case err != nil:
		return models.Conversation{}, err
	case len(rows) == 0:
		return models.Conversation{}, models.Errorf(models.CodeNotFound, "There is no such conversation.")
	case len(rows) > 1:
		return models.Conversation{}, &models.Error{
			Code: models.CodeConflict, Reason: "ambiguous_conversation",
			Message: "Several agents have a conversation of this id: send agentId to say which one is meant.",
		}
	}
	return rows[0], nil
}

// ConversationListInput selects conversations; absent parameters select
// everything.
type ConversationListInput struct {
	AgentID string `form:"agentId"`
	Limit   int    `form:"limit"`
	Cursor  string `form:"cursor"`
}

// Conversations lists conversations, newest first. A key that is bound to agents
// sees theirs alone.
func (c *Conversations) Conversations(ctx context.Context, in ConversationListInput) (models.Page[ConversationSummary], error) {
	limit, err := models.CheckLimit(in.Limit)
	if err != nil {
		return models.Page[ConversationSummary]{}, err
	}
	agents, err := models.PrincipalOf(ctx).Agents(in.AgentID)
	if err != nil {
		return models.Page[ConversationSummary]{}, err
	}
	after, err := models.ReadCursor[store.ConversationCursor](in.Cursor)
	if err != nil {
		return models.Page[ConversationSummary]{}, err
	}
	rows, err := c.Store.Conversations(ctx, store.ConversationFilter{AgentIDs: agents, After: after, Limit: limit + 1})
	if err != nil {
		return models.Page[ConversationSummary]{}, err
	}
	return models.NewPage(rows, limit, c.summary, func(row models.Conversation) store.ConversationCursor {
		return store.ConversationCursor{CreatedAt: row.CreatedAt, AgentID: row.AgentID, ID: row.ID}
	})
}
