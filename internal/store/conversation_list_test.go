package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// Conversations of one moment are told apart by agent and id.
func TestPagesOfConversationsSkipAndRepeatNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var want []string
	for n := 2; n >= 0; n-- {
		for _, agent := range []string{"agent_2", "agent_1"} {
			for i := 2; i >= 0; i-- {
				chat := aChat(agent, fmt.Sprintf("conv_%d_%d", n, i))
				chat.CreatedAt = minute(n)
				tell(t, s, chat)
				want = append(want, agent+" "+chat.ID)
			}
		}
	}
	for limit := 1; limit <= 7; limit++ {
		filter := store.ConversationFilter{Limit: limit}
		var seen []string
		for {
			rows, err := s.Conversations(t.Context(), filter)
			require.NoError(t, err)
			if len(rows) == 0 {
				break
			}
			for _, row := range rows {
				seen = append(seen, row.AgentID+" "+row.ID)
				filter.After = &store.ConversationCursor{CreatedAt: row.CreatedAt, AgentID: row.AgentID, ID: row.ID}
			}
		}
		require.Equal(t, want, seen, "pages of %d", limit)
	}
}

func TestAListHasNoMessages(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	tell(t, s, aChat("agent_2", "conv_1"))
	tell(t, s, aChat("agent_1", "conv_1"))
	rows, err := s.Conversations(t.Context(), store.ConversationFilter{AgentIDs: []string{"agent_1", "agent_3"}, Limit: 10})
	require.NoError(t, err)
	want := aChat("agent_1", "conv_1")
	want.Messages = nil
	require.Empty(t, cmp.Diff([]models.Conversation{want}, rows))
}

func TestConversationsAreReadFromTheirIndexes(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, conn := open(t, url), connect(t, url)
	_, err := conn.Exec(t.Context(), `
		INSERT INTO conversations
		SELECT 'conv_' || n, CASE n % 100 WHEN 0 THEN 'agent_2' ELSE 'agent_1' END, '', '', '[]', 0,
		       timestamptz '2026-11-22 09:30Z' + n * interval '1 second', now()
		FROM generate_series(1, 20000) AS n;
		INSERT INTO gate_decisions
		SELECT 'gate_' || n, 'agent_' || n % 7, 'conv_' || n % 5000, '', 'form_1', 1, 'contact', now(), 0, '', true, false, 'form_disabled', '[]'
		FROM generate_series(1, 20000) AS n;
		INSERT INTO submissions (id, form_id, form_version, form_name, agent_id, conversation_id, session_id, form_data,
		       fields_completed, submitted_at, status, failure_reason, run_seq)
		SELECT 'sub_' || n, 'form_1', 1, 'contact', 'agent_' || n % 7, 'conv_' || n % 5000, '', '{}', '[]', now(), 'completed', '', 1
		FROM generate_series(1, 20000) AS n;
		ANALYZE conversations, gate_decisions, submissions`)
	require.NoError(t, err)
	at := &store.ConversationCursor{CreatedAt: start.Add(5000 * time.Second), AgentID: "agent_2", ID: "conv_5000"}
	key := store.ConversationKey{AgentID: "agent_1", ID: "conv_1"}
	for name, c := range map[string]struct {
		sql, index string
		sorts      bool
	}{
		"the first page":               {s.ConversationsSQL(store.ConversationFilter{Limit: 51}), "conversations_created_at_idx", false},
		"a further page":               {s.ConversationsSQL(store.ConversationFilter{Limit: 51, After: at}), "conversations_created_at_idx", false},
		"of an agent":                  {s.ConversationsSQL(store.ConversationFilter{Limit: 51, AgentIDs: []string{"agent_2"}}), "conversations_agent_id_idx", false},
		"of an agent, a further page":  {s.ConversationsSQL(store.ConversationFilter{Limit: 51, AgentIDs: []string{"agent_2"}, After: at}), "conversations_agent_id_idx", false},
		"one without its agent":        {s.ConversationsOfSQL("conv_1", nil), "conversations_pkey", false},
		"one with its agent":           {s.ConversationsOfSQL("conv_1", []string{"agent_1"}), "conversations_pkey", false},
		"the leads of a conversation":  {s.LeadsOfSQL(key), "submissions_conversation_id_idx", true}, // a few
		"what the gate decided in one": {s.DecisionsSQL(key), "gate_decisions_conversation_id_idx", false},
	} {
		plan := fmt.Sprint(lines(t, conn, "EXPLAIN "+c.sql))
		require.Contains(t, plan, c.index, name)
		if !c.sorts {
			require.NotContains(t, plan, "Sort", name)
		}
	}
}
