package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// conversation is what the test reads of one.
type conversation struct {
	ConversationURL string `json:"conversationUrl"`
	FormSubmissions []struct {
		SubmissionID string         `json:"submissionId"`
		FormData     map[string]any `json:"formData"`
		Status       string         `json:"status"`
	} `json:"formSubmissions"`
	GateDecisions []struct {
		ShowForm bool `json:"showForm"`
		Score    int  `json:"score"`
	} `json:"gateDecisions"`
}

// An agent asks the gate until it opens, tells of the conversation and sends the
// lead in. The conversation shows all of it, and the receiver gets its link.
func TestAConversationFromTheGateToTheLead(t *testing.T) {
	t.Parallel()
	sink := newReceiver(t, http.StatusOK)
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8", "LEADRAIL_CONVERSATION_URL=https://chat.example.com/{conversationId}")
	process := m.up()
	var form struct {
		ID string `json:"id"`
	}
	require.Equal(t, http.StatusCreated, m.call(http.MethodPost, "/v1/forms", map[string]any{
		"agentId": "agent_e2e", "name": "contact_form",
		"fields":  []map[string]any{{"name": "email", "type": "email"}, {"name": "seats", "type": "number"}},
		"webhook": map[string]any{"url": sink.URL},
		"qualification": map[string]any{
			"rules": []map[string]any{{
				"name": "Large team", "when": map[string]any{"field": "seats", "op": "gte", "value": 100}, "points": 40,
			}},
			"tiers": []map[string]any{}, "qualifiedFrom": 40,
		},
	}, &form))
	ask := func(known map[string]any) (shown bool) {
		var answer struct {
			ShowForm bool `json:"showForm"`
		}
		require.Equal(t, http.StatusOK, m.call(http.MethodPost, "/v1/forms/"+form.ID+"/qualify",
			map[string]any{"conversationId": "conv_1", "formData": known}, &answer))
		return answer.ShowForm
	}
	require.False(t, ask(map[string]any{}))
	require.True(t, ask(map[string]any{"seats": 120}))

	const link = "https://inbox.example.com/c/1?tab=chat&x=1"
	require.Equal(t, http.StatusOK, m.call(http.MethodPut, "/v1/conversations/conv_1", map[string]any{
		"agentId": "agent_e2e", "title": "Prices", "url": link, "messages": []map[string]any{{"role": "user", "content": "What does it cost?"}},
	}, nil))
	answers := map[string]any{"email": "ada@example.com", "seats": 120.0}
	var accepted submission
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions", map[string]any{
		"formId": form.ID, "conversationId": "conv_1", "formData": answers,
	}, &accepted))
	m.waitFor(accepted.SubmissionID, "completed", allDelivered)
	require.Equal(t, link, sink.all()[0].Body["conversationUrl"])

	read := func() (got conversation) {
		require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/conversations/conv_1", nil, &got))
		return got
	}
	require.Eventually(t, func() bool { return len(read().GateDecisions) == 2 }, 10*time.Second, pollEvery)
	got := read()
	require.Equal(t, link, got.ConversationURL)
	require.Len(t, got.FormSubmissions, 1)
	require.Equal(t, accepted.SubmissionID, got.FormSubmissions[0].SubmissionID)
	require.Equal(t, "completed", got.FormSubmissions[0].Status)
	require.Equal(t, answers, got.FormSubmissions[0].FormData)
	require.True(t, got.GateDecisions[0].ShowForm)
	require.Equal(t, 40, got.GateDecisions[0].Score)
	require.False(t, got.GateDecisions[1].ShowForm)

	ask(map[string]any{"seats": 5})
	require.Zero(t, process.stop())
	m.up()
	require.Len(t, read().GateDecisions, 3, "a stop writes what was decided a moment before")
}
