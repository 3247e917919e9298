package store_test

import (
	"database/sql"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// aChat is a conversation as an agent tells of it.
func aChat(agentID, id string) models.Conversation {
	said := models.At(minute(-1))
	return models.Conversation{
		ID: id, AgentID: agentID, Title: "Prices", URL: "https://chat.example.com/" + agentID + "/" + id,
		Messages: []models.Message{
			{ID: "m1", Role: models.RoleUser, Content: "What does it cost?", CreatedAt: &said},
			{Role: models.RoleAssistant, Content: "Let me ask you <a few> things."},
		},
		MessageCount: 2, CreatedAt: start, UpdatedAt: start,
	}
}

// tell stores what an agent tells of a conversation.
func tell(t *testing.T, s *store.Store, conversation models.Conversation) models.Conversation {
	t.Helper()
	stored, err := s.SaveConversation(t.Context(), conversation)
	require.NoError(t, err)
	return stored
}

// conversationsOf reads the conversations of an id.
func conversationsOf(t *testing.T, s *store.Store, id string, agentIDs ...string) []models.Conversation {
	t.Helper()
	rows, err := s.ConversationsOf(t.Context(), id, agentIDs)
	require.NoError(t, err)
	return rows
}

// leadIn is a lead of a conversation.
func leadIn(conversationID, id string) models.Submission {
	lead := aLead(id)
	lead.ConversationID = conversationID
	return lead
}

func TestAConversationIsWhatWasToldLast(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.Empty(t, cmp.Diff(aChat("agent_1", "conv_1"), tell(t, s, aChat("agent_1", "conv_1"))))
	require.Empty(t, cmp.Diff([]models.Conversation{aChat("agent_1", "conv_1")}, conversationsOf(t, s, "conv_1")))

	later := aChat("agent_1", "conv_1")
	later.Title, later.URL, later.Messages, later.MessageCount = "", "", []models.Message{}, 0
	later.CreatedAt, later.UpdatedAt = minute(5), minute(5)
	stored := tell(t, s, later)
	later.CreatedAt = start
	require.Empty(t, cmp.Diff(later, stored))
	require.Empty(t, cmp.Diff([]models.Conversation{later}, conversationsOf(t, s, "conv_1")), "nothing of before is left but its beginning")
}

func TestAnIDIsOfOneAgent(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, agent := range []string{"agent_3", "agent_1", "agent_2"} {
		tell(t, s, aChat(agent, "conv_1"))
	}
	require.Len(t, conversationsOf(t, s, "conv_1"), 2, "enough to know that there are several")
	require.Equal(t, "agent_2", conversationsOf(t, s, "conv_1", "agent_2")[0].AgentID)
	require.Len(t, conversationsOf(t, s, "conv_1", "agent_2", "agent_3", "agent_4"), 2)
	require.Empty(t, conversationsOf(t, s, "conv_1", "agent_4"))
	require.Empty(t, conversationsOf(t, s, "conv_2"))
}

func TestALeadMakesItsConversationKnown(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	storeLead(t, s, leadIn("conv_1", "sub_1"), "crm")
	bare := models.Conversation{ID: "conv_1", AgentID: "agent_1", Messages: []models.Message{}, CreatedAt: start, UpdatedAt: start}
	require.Empty(t, cmp.Diff([]models.Conversation{bare}, conversationsOf(t, s, "conv_1")))

	told := tell(t, s, aChat("agent_1", "conv_1"))
	storeLead(t, s, leadIn("conv_1", "sub_2"))
	storeLead(t, s, leadIn("conv_1", "sub_2")) // its workflow does so again
	require.Empty(t, cmp.Diff([]models.Conversation{told}, conversationsOf(t, s, "conv_1")), "a lead changes nothing that was told")

	storeLead(t, s, aLead("sub_3"))
	rows, err := s.Conversations(t.Context(), store.ConversationFilter{Limit: 10})
	require.NoError(t, err)
	require.Len(t, rows, 1, "a lead without a conversation makes none")
}

func TestTheLeadsOfAConversation(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i, id := range []string{"sub_1", "sub_2", "sub_3"} {
		lead := leadIn("conv_1", id)
		lead.SubmittedAt = minute(i)
		storeLead(t, s, lead, "crm_"+id)
	}
	storeLead(t, s, leadIn("conv_2", "sub_4"))
	foreign := leadIn("conv_1", "sub_5")
	foreign.AgentID = "agent_2"
	storeLead(t, s, foreign)
	leads, err := s.LeadsOf(t.Context(), store.ConversationKey{AgentID: "agent_1", ID: "conv_1"}, 2)
	require.NoError(t, err)
	var ids []string
	for _, lead := range leads {
		ids = append(ids, lead.ID)
	}
	require.Equal(t, []string{"sub_3", "sub_2"}, ids, "newest first, and no more than asked for")
}

// A lead's readers and its receivers get the link that the agent told.
func TestALeadKnowsTheLinkOfItsConversation(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	storeLead(t, s, leadIn("conv_1", "sub_1"), "crm")
	storeLead(t, s, leadIn("conv_2", "sub_2"))
	storeLead(t, s, aLead("sub_3"))
	foreign := leadIn("conv_1", "sub_4")
	foreign.AgentID = "agent_2"
	storeLead(t, s, foreign)
	urls := func() map[string]string {
		rows, err := s.Submissions(t.Context(), store.SubmissionFilter{Limit: 10})
		require.NoError(t, err)
		found := map[string]string{}
		for _, row := range rows {
			found[row.ID] = row.ConversationURL
			require.Equal(t, row.ConversationURL, read(t, s, row.ID).ConversationURL)
		}
		return found
	}
	job := func() string {
		job, err := s.OpenAttempt(t.Context(), opening(1))
		require.NoError(t, err)
		return job.Submission.ConversationURL
	}
	require.Equal(t, map[string]string{"sub_1": "", "sub_2": "", "sub_3": "", "sub_4": ""}, urls())
	require.Empty(t, job())

	tell(t, s, aChat("agent_1", "conv_1"))
	link := "https://chat.example.com/agent_1/conv_1"
	require.Equal(t, map[string]string{"sub_1": link, "sub_2": "", "sub_3": "", "sub_4": ""}, urls())
	require.Equal(t, link, job(), "also where the row of the attempt is there already")
}

func TestWritersOfOneConversationWaitForEachOther(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const each = 20
	errs := make(chan error, 3*each)
	var all sync.WaitGroup
	for i := range each {
		all.Go(func() {
			chat := aChat("agent_1", "conv_1")
			chat.Title, chat.UpdatedAt = numbered("title", i), minute(i)
			_, err := s.SaveConversation(t.Context(), chat)
			errs <- err
		})
		all.Go(func() {
			_, err := s.Persist(t.Context(), leadIn("conv_1", numbered("sub", i)), nil)
			errs <- err
		})
		all.Go(func() {
			errs <- s.AddDecisions(t.Context(), []models.GateDecision{
				aDecision(i, "conv_2"), aDecision(i+each, "conv_1"), aDecision(i+2*each, "conv_3"),
			})
		})
	}
	all.Wait()
	for range 3 * each {
		require.NoError(t, <-errs)
	}
	rows := conversationsOf(t, s, "conv_1")
	require.Len(t, rows, 1)
	require.Equal(t, rows[0].Title, numbered("title", int(rows[0].UpdatedAt.Sub(start)/time.Minute)), "of one of them, as a whole")
}

func TestConversationsOfLeadsThatAreThereAlready(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, store.Migrations())
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), 18)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `
		INSERT INTO submissions (id, form_id, form_version, form_name, agent_id, conversation_id, session_id, form_data,
		       fields_completed, submitted_at, status, failure_reason, run_seq)
		SELECT 'sub_' || n, 'form_1', 1, 'contact', 'agent_1', CASE n WHEN 1 THEN '' ELSE 'conv_1' END, '', '{}', '[]',
		       timestamptz '2026-11-22 09:30Z' + n * interval '1 minute', 'completed', '', 1
		FROM generate_series(1, 3) AS n`)
	require.NoError(t, err)
	require.NoError(t, store.Migrate(t.Context(), url))
	rows, err := open(t, url).Conversations(t.Context(), store.ConversationFilter{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]models.Conversation{{ID: "conv_1", AgentID: "agent_1", CreatedAt: minute(2), UpdatedAt: minute(2)}}, rows))
}
