package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// aDecision is the n-th answer of the gate, in a conversation of agent_1.
func aDecision(n int, conversationID string) models.GateDecision {
	return models.GateDecision{
		ID: numbered("gate", n), AgentID: "agent_1", ConversationID: conversationID, SessionID: "session_1",
		FormID: "form_1", FormVersion: 3, FormName: "contact", At: minute(n), Score: -25, Tier: "cold",
		Reason: models.GateNotQualified, Reasons: []models.Reason{{Rule: "Student", Points: -25}},
	}
}

func TestDecisionsOfAConversation(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	foreign := aDecision(4, "conv_1")
	foreign.AgentID = "agent_2"
	require.NoError(t, s.AddDecisions(t.Context(), []models.GateDecision{
		aDecision(3, "conv_1"), aDecision(1, "conv_1"), foreign, aDecision(2, "conv_1"), aDecision(5, "conv_2"),
	}))
	decided := func(limit int) []models.GateDecision {
		rows, err := s.Decisions(t.Context(), store.ConversationKey{AgentID: "agent_1", ID: "conv_1"}, limit)
		require.NoError(t, err)
		return rows
	}
	newest := []models.GateDecision{aDecision(3, "conv_1"), aDecision(2, "conv_1"), aDecision(1, "conv_1")}
	require.Empty(t, cmp.Diff(newest, decided(10)))
	require.Empty(t, cmp.Diff(newest[:1], decided(1)))

	rows, err := s.Conversations(t.Context(), store.ConversationFilter{Limit: 10})
	require.NoError(t, err)
	var known []string
	for _, row := range rows {
		known = append(known, row.AgentID+" "+row.ID+" "+row.CreatedAt.Sub(start).String())
	}
	require.Equal(t, []string{"agent_1 conv_2 5m0s", "agent_2 conv_1 4m0s", "agent_1 conv_1 1m0s"}, known,
		"conversations are known from their first decision on")
}

// Whoever does not know whether a batch was stored sends it again.
func TestADecisionIsStoredOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	told := tell(t, s, aChat("agent_1", "conv_1"))
	var batch []models.GateDecision
	for n := range 1200 {
		batch = append(batch, aDecision(n, numbered("conv", n%900)), aDecision(n+1200, "conv_1"))
	}
	require.NoError(t, s.AddDecisions(t.Context(), batch[:1000]))
	require.NoError(t, s.AddDecisions(t.Context(), batch))
	rows, err := s.Decisions(t.Context(), store.ConversationKey{AgentID: "agent_1", ID: "conv_1"}, 5000)
	require.NoError(t, err)
	require.Len(t, rows, 1200)
	require.Empty(t, cmp.Diff([]models.Conversation{told}, conversationsOf(t, s, "conv_1")), "what was told stays")
	require.Len(t, conversationsOf(t, s, "conv_899"), 1)
}
