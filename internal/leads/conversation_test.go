package leads_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// chats is a shelf of conversations.
type chats struct {
	saved  []models.Conversation
	filter store.ConversationFilter
	asked  [][]string
	err    error
}

func (c *chats) SaveConversation(_ context.Context, row models.Conversation) (models.Conversation, error) {
	c.saved = append(c.saved, row)
	return row, c.err
}

func (c *chats) ConversationsOf(_ context.Context, _ string, agentIDs []string) ([]models.Conversation, error) {
	c.asked = append(c.asked, agentIDs)
	return c.saved, c.err
}

func (c *chats) Conversations(_ context.Context, filter store.ConversationFilter) ([]models.Conversation, error) {
	c.filter = filter
	return c.saved, c.err
}

func (c *chats) LeadsOf(context.Context, store.ConversationKey, int) ([]models.Submission, error) {
	return nil, c.err
}

func (c *chats) Decisions(context.Context, store.ConversationKey, int) ([]models.GateDecision, error) {
	return nil, c.err
}

// conversations are the use cases over a shelf.
func conversations() (*leads.Conversations, *chats) {
	shelf := &chats{}
	return &leads.Conversations{Store: shelf, Now: func() time.Time { return start }}, shelf
}

// boundTo is a context in which a key asks that is bound to agents, or to none.
func boundTo(t *testing.T, agentIDs ...string) context.Context {
	t.Helper()
	return models.WithPrincipal(t.Context(), models.Principal{KeyID: "key_1", Kind: models.KeySecret, AgentIDs: agentIDs})
}

func TestWhoMayTellOfAConversation(t *testing.T) {
	t.Parallel()
	c, shelf := conversations()
	_, err := c.PutConversation(boundTo(t, "agent_2"), leads.ConversationInput{ID: "conv_1", AgentID: "agent_1"})
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
	require.Empty(t, shelf.saved)
	told, err := c.PutConversation(boundTo(t, "agent_1", "agent_2"), leads.ConversationInput{ID: "conv_1", AgentID: "agent_1"})
	require.NoError(t, err)
	require.Empty(t, told.ConversationURL, "there is no link without a template")
	require.Equal(t, []models.Message{}, shelf.saved[0].Messages, "null is no list")
}

func TestAgentsOfConversations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		bound []string
		agent string
		want  []string
		code  models.Code
	}{
		"everybody's":                  {nil, "", nil, ""},
		"those of one":                 {nil, "agent_1", []string{"agent_1"}, ""},
		"those of a bound key":         {[]string{"agent_1", "agent_2"}, "", []string{"agent_1", "agent_2"}, ""},
		"one of those of a bound key":  {[]string{"agent_1", "agent_2"}, "agent_2", []string{"agent_2"}, ""},
		"none of those of another key": {[]string{"agent_1"}, "agent_2", nil, models.CodeForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			use, shelf := conversations()
			shelf.saved = []models.Conversation{{ID: "conv_1", AgentID: "agent_1"}}
			caller := boundTo(t, c.bound...)
			_, err := use.Conversation(caller, leads.ConversationRef{ID: "conv_1", AgentID: c.agent})
			require.Equal(t, c.code, models.CodeOf(err))
			_, err = use.Conversations(caller, leads.ConversationListInput{AgentID: c.agent})
			require.Equal(t, c.code, models.CodeOf(err))
			if c.code == "" {
				require.Equal(t, [][]string{c.want}, shelf.asked)
				require.Equal(t, store.ConversationFilter{AgentIDs: c.want, Limit: 51}, shelf.filter)
			}
		})
	}
}

func TestConversationsOfADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	c, shelf := conversations()
	shelf.err = away()
	_, err := c.PutConversation(t.Context(), leads.ConversationInput{ID: "conv_1", AgentID: "agent_1"})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	_, err = c.Conversation(t.Context(), leads.ConversationRef{ID: "conv_1"})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	_, err = c.Conversations(t.Context(), leads.ConversationListInput{})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
}

func TestBoundsOfAConversationAreInclusive(t *testing.T) {
	t.Parallel()
	c, _ := conversations()
	said := models.At(start.Add(14 * time.Hour))
	message := models.Message{ID: strings.Repeat("é", 128), Role: models.RoleTool, Content: strings.Repeat("é", 16_000), CreatedAt: &said}
	in := leads.ConversationInput{
		ID: strings.Repeat("é", 128), AgentID: strings.Repeat("é", 128), Title: strings.Repeat("é", 500),
		URL: "http://[2001:db8::1]:8080/" + strings.Repeat("x", 2048-len("http://[2001:db8::1]:8080/")),
	}
	for range 1000 {
		in.Messages = append(in.Messages, message)
	}
	told, err := c.PutConversation(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, 1000, told.MessageCount)
	require.Equal(t, in.URL, told.ConversationURL)
}
