package api

import (
	"context"
	"fmt"

	"leadrail/internal/leads"
	"leadrail/models"
)

// Pages of conversations.
const (
	conversationsDefault = 20
	conversationsMost    = 100
)

type productConversations struct {
	conversations *leads.Conversations
	slices        *leads.ConversationSlices
}

type conversationsOf struct {
	AgentID string `form:"agentId" json:"-"`
	Limit   int    `form:"limit" json:"-"`
	Offset  int    `form:"offset" json:"-"`
}

type conversationView struct {
	ID           string           `json:"id"`
	AgentID      string           `json:"agentId"`
	Title        string           `json:"title"`
	MessageCount int              `json:"messageCount"`
	CreatedAt    models.Timestamp `json:"createdAt"`
	UpdatedAt    models.Timestamp `json:"updatedAt"`
}

type conversationPage struct {
	Data       []conversationView `json:"data"`
	Pagination pagination         `json:"pagination"`
}

type pagination struct {
	Total  int `json:"total"`
	Limit  int `json:"limit"`
	Offset int `json:"offset"`
}

func (p productConversations) list(ctx context.Context, in conversationsOf) (conversationPage, error) {
	if err := required("agentId", in.AgentID); err != nil {
		return conversationPage{}, err
	}
	if in.Limit <= 0 {
		in.Limit = conversationsDefault
	}
	in.Limit, in.Offset = min(in.Limit, conversationsMost), max(in.Offset, 0)
	found, err := p.slices.Slice(ctx, leads.SliceInput{AgentID: in.AgentID, Limit: in.Limit, Offset: in.Offset})
	if err != nil {
		return conversationPage{}, err
	}
	page := conversationPage{
		Data:       make([]conversationView, len(found.Conversations)),
		Pagination: pagination{Total: found.Total, Limit: in.Limit, Offset: in.Offset},
	}
	for i, row := range found.Conversations {
		page.Data[i] = conversationView{
			ID: row.ID, AgentID: row.AgentID, Title: row.Title, MessageCount: row.MessageCount,
			CreatedAt: models.At(row.CreatedAt), UpdatedAt: models.At(row.UpdatedAt),
		}
	}
	return page, nil
}

type conversationRef struct {
	ID      string `json:"-" uri:"id"`
	AgentID string `form:"agentId" json:"-"`
}

type conversationAnswer struct {
	Data conversationDetail `json:"data"`
}

type conversationDetail struct {
	ID        string           `json:"id"`
	AgentID   string           `json:"agentId"`
	Title     string           `json:"title"`
	Messages  []messageView    `json:"messages"`
	CreatedAt models.Timestamp `json:"createdAt"`
}

// messageView is a message. ID is made of its place where the agent told none, and
// CreatedAt is null then.
type messageView struct {
	ID        string             `json:"id"`
	Role      models.MessageRole `json:"role"`
	Content   string             `json:"content"`
	CreatedAt *models.Timestamp  `json:"createdAt"`
}

func (p productConversations) read(ctx context.Context, ref conversationRef) (conversationAnswer, error) {
	row, err := p.conversations.Conversation(ctx, leads.ConversationRef(ref))
	if err != nil {
		return conversationAnswer{}, err
	}
	detail := conversationDetail{
		ID: row.ID, AgentID: row.AgentID, CreatedAt: row.CreatedAt, Messages: make([]messageView, len(row.Messages)),
	}
	give(&detail.Title, row.Title)
	for i, message := range row.Messages {
		detail.Messages[i] = messageView{ID: message.ID, Role: message.Role, Content: message.Content, CreatedAt: message.CreatedAt}
		if message.ID == "" {
			detail.Messages[i].ID = fmt.Sprintf("msg_%d", i+1)
		}
	}
	return conversationAnswer{Data: detail}, nil
}
