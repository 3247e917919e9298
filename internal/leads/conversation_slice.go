package leads

import (
	"context"

	"leadrail/models"
)

// SliceStore reads conversations by their place in the list.
type SliceStore interface {
	ConversationSlice(ctx context.Context, agentIDs []string, limit, offset int) ([]models.Conversation, int, error)
}

// ConversationSlices lists conversations for callers who count places instead of
// following cursors: what is new shifts the later slices.
type ConversationSlices struct{ Store SliceStore }

// SliceInput selects a part of an agent's conversations.
type SliceInput struct {
	AgentID string
	// Limit is how many at most, Offset how many are left out before them.
	Limit, Offset int
}

// Slice is a part of a list.
type Slice struct {
	// Conversations are without their messages, newest first.
	Conversations []models.Conversation
	// Total counts the whole list.
	Total int
}

// Slice reads a part of an agent's conversations. It is forbidden to ask for those
// of a foreign agent.
func (c *ConversationSlices) Slice(ctx context.Context, in SliceInput) (Slice, error) {
	if err := models.PrincipalOf(ctx).MayAgent(in.AgentID); err != nil {
		return Slice{}, err
	}
	rows, total, err := c.Store.ConversationSlice(ctx, []string{in.AgentID}, in.Limit, in.Offset)
	return Slice{Conversations: rows, Total: total}, err
}
