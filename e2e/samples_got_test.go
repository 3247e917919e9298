package e2e_test

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail/mailtest"
)

// result is what the tests read of a lead in a list.
type result struct {
	SubmissionID  string         `json:"submissionId"`
	FormName      string         `json:"formName"`
	Status        string         `json:"status"`
	FormData      map[string]any `json:"formData"`
	Qualification struct {
		Score     int    `json:"score"`
		Tier      string `json:"tier"`
		Qualified bool   `json:"qualified"`
	} `json:"qualification"`
	Routing struct {
		Team     string `json:"team"`
		Assignee string `json:"assignee"`
	} `json:"routing"`
	Deliveries []struct {
		Type string `json:"type"`
	} `json:"deliveries"`
}

// resultPage is a page of a list of leads.
type resultPage struct {
	Data       []result `json:"data"`
	NextCursor string   `json:"nextCursor"`
}

// finished waits until the endpoint has so many leads and none of them is under
// way any more, and reads them all.
func (m *machine) finished(endpoint *receiver, count int, within time.Duration) []result {
	m.t.Helper()
	none := func(status string) bool {
		var page resultPage
		return m.call(http.MethodGet, "/v1/submissions?limit=1&status="+status, nil, &page) == http.StatusOK && len(page.Data) == 0
	}
	require.Eventually(m.t, func() bool {
		return len(endpoint.all()) >= count && none("pending") && none("retrying")
	}, within, time.Second, "%d leads have not all finished", count)

	var all []result
	for cursor := ""; ; {
		var page resultPage
		query := url.Values{"limit": {"200"}, "cursor": {cursor}}
		require.Equal(m.t, http.StatusOK, m.call(http.MethodGet, "/v1/submissions?"+query.Encode(), nil, &page))
		all = append(all, page.Data...)
		if cursor = page.NextCursor; cursor == "" {
			return all
		}
	}
}

// outcomesOf are the results by lead.
func outcomesOf(results []result) map[string]outcome {
	outcomes := map[string]outcome{}
	for _, r := range results {
		deliveries := make([]string, len(r.Deliveries))
		for i, delivery := range r.Deliveries {
			deliveries[i] = delivery.Type
		}
		outcomes[r.SubmissionID] = outcome{
			Form: r.FormName, Status: r.Status, Score: r.Qualification.Score, Tier: r.Qualification.Tier,
			Qualified: r.Qualification.Qualified, Team: r.Routing.Team, FormData: r.FormData, Deliveries: deliveries,
		}
	}
	return outcomes
}

// webhooksOf are what arrived, by lead.
func webhooksOf(arrivals []arrival) map[string][]webhook {
	webhooks := map[string][]webhook{}
	for _, arrived := range arrivals {
		var got webhook
		got.ToolName, _ = arrived.Body["toolName"].(string)
		got.SubmissionID, _ = arrived.Body["submissionId"].(string)
		got.ConversationID, _ = arrived.Body["conversationId"].(string)
		got.FormData, _ = arrived.Body["formData"].(map[string]any)
		attempt, _ := arrived.Body["attempt"].(float64)
		qualification, _ := arrived.Body["qualification"].(map[string]any)
		score, _ := qualification["score"].(float64)
		routing, _ := arrived.Body["routing"].(map[string]any)
		got.Attempt, got.Score = int(attempt), int(score)
		got.Team, _ = routing["team"].(string)
		webhooks[got.SubmissionID] = append(webhooks[got.SubmissionID], got)
	}
	return webhooks
}

// messagesOf are the texts of the Slack messages that arrived, sorted: they say
// of no lead which one it is.
func messagesOf(arrivals []arrival) []string {
	var texts []string
	for _, arrived := range arrivals {
		text, _ := arrived.Body["text"].(string)
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}

// mail is what the provider was asked to send.
type mail struct {
	Status  int
	To      string
	ReplyTo string
}

// mailsOf are the mails by lead.
func mailsOf(sent []mailtest.Mail) map[string][]mail {
	mails := map[string][]mail{}
	for _, one := range sent {
		lead := one.IDs["submissionId"]
		for _, to := range one.To {
			mails[lead] = append(mails[lead], mail{Status: one.Status, To: to.Email, ReplyTo: one.ReplyTo.Email})
		}
	}
	return mails
}

// assignmentsOf counts the leads of each assignee.
func assignmentsOf(results []result) map[string]int {
	counts := map[string]int{}
	for _, r := range results {
		counts[r.Routing.Assignee]++
	}
	return counts
}
