package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// answer is what a caller sees of an answer.
type answer struct {
	Status   int
	Location string
	Body     string
	// RetryAfter says when to come again.
	RetryAfter string
	Replayed   bool
}

// send posts a lead under an idempotency key to a replica.
func (m *machine) send(base, key, formID, email string) answer {
	m.t.Helper()
	body, err := json.Marshal(map[string]any{"formId": formID, "formData": map[string]any{"email": email}})
	require.NoError(m.t, err)
	request, err := http.NewRequest(http.MethodPost, base+"/v1/submissions", bytes.NewReader(body))
	require.NoError(m.t, err)
	request.Header.Set("Authorization", "Bearer "+m.adminKey)
	request.Header.Set("Idempotency-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{Body: err.Error()}
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{Body: err.Error()}
	}
	return answer{
		Status: response.StatusCode, Location: response.Header.Get("Location"), Body: string(content),
		RetryAfter: response.Header.Get("Retry-After"), Replayed: response.Header.Get("Idempotent-Replayed") == "true",
	}
}

// id is that of the accepted lead.
func (a answer) id(t *testing.T) string {
	t.Helper()
	require.Equal(t, http.StatusAccepted, a.Status, a.Body)
	var accepted submission
	require.NoError(t, json.Unmarshal([]byte(a.Body), &accepted))
	return accepted.SubmissionID
}

// first is the answer without what tells it from a repeat's.
func (a answer) first() answer {
	a.Replayed = false
	return a
}

// A key names one lead, whichever replica is asked, how often, and what has died
// in between.
func TestOneKeyIsOneLead(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	endpoint := newReceiver(t, http.StatusOK)
	form := c.createForm("one_key", endpoint.URL)
	first := c.sendAtOnce(200, form)

	id := first.id(t)
	c.waitFor(id, "completed", allDelivered)
	require.Equal(t, 1, c.number(`SELECT count(*) FROM submissions`))
	require.Equal(t, 1, c.number(`SELECT count(*) FROM attempts`))
	require.Equal(t, int64(1), c.runs(id))
	require.Len(t, endpoint.all(), 1)
	for _, base := range c.bases {
		reused := c.send(base, "key", form, "other@example.com")
		require.Equal(t, http.StatusConflict, reused.Status)
		require.Contains(t, reused.Body, `"idempotency_key_reused"`)
	}
	other := c.send(c.bases[0], "key", c.createForm("other_form", endpoint.URL), "ada@example.com").id(t)
	require.NotEqual(t, id, other, "callers of another form choose keys of their own")
	c.waitFor(other, "completed", allDelivered)

	t.Run("although the form has changed", func(t *testing.T) {
		for _, change := range []map[string]any{
			{"enabled": true, "successMessage": "Other words.", "fields": []map[string]any{{"name": "phone", "type": "tel"}}},
			{"enabled": false, "fields": []map[string]any{{"name": "email", "type": "email"}}},
		} {
			change["agentId"], change["name"], change["webhook"] = "agent_e2e", "one_key", map[string]any{"url": endpoint.URL}
			require.Equal(t, http.StatusOK, c.call(http.MethodPut, "/v1/forms/"+form, change, nil))
			for _, base := range c.bases {
				require.Equal(t, answer{Status: first.Status, Location: first.Location, Body: first.Body, Replayed: true},
					c.send(base, "key", form, "ada@example.com"))
			}
		}
	})
	t.Run("although everything died", func(t *testing.T) {
		form := c.createForm("all_dead", endpoint.URL)
		before := c.send(c.bases[0], "dead", form, "ada@example.com")
		c.killAll()
		c.startAll()
		for _, base := range c.bases {
			again := c.send(base, "dead", form, "ada@example.com")
			require.Equal(t, before, again.first())
			require.True(t, again.Replayed)
		}
		c.waitFor(before.id(t), "completed", allDelivered)
		require.Equal(t, int64(1), c.runs(before.id(t)))
		ids := map[string]int{}
		for _, arrived := range endpoint.all() {
			if arrived.Body["submissionId"] == before.id(t) {
				ids[arrived.WebhookID]++
			}
		}
		require.Len(t, ids, 1)
		for _, times := range ids {
			t.Logf("arrived %d times", times)
			require.LessOrEqual(t, times, 2, "once more if it was on its way")
		}
	})
}

// sendAtOnce makes so many equal requests at a time, over both replicas, checks
// that they get the same answer and one is told that it is the first, and
// returns it.
func (c *cluster) sendAtOnce(n int, formID string) answer {
	c.t.Helper()
	answers := make([]answer, n)
	began := time.Now()
	var sending sync.WaitGroup
	for i := range answers {
		sending.Go(func() { answers[i] = c.send(c.bases[i%len(c.bases)], "key", formID, "ada@example.com") })
	}
	sending.Wait()
	c.t.Logf("%d equal requests answered within %s; load %s", n, short(time.Since(began)), load())
	replayed := 0
	for _, got := range answers {
		require.Equal(c.t, answers[0].first(), got.first())
		if got.Replayed {
			replayed++
		}
	}
	require.Equal(c.t, n-1, replayed)
	return answers[0].first()
}

// runs counts the runs of a lead's workflow.
func (c *cluster) runs(id string) int64 {
	c.t.Helper()
	server := c.dialTemporal()
	var count int64
	require.Eventually(c.t, func() bool {
		found, err := server.CountWorkflow(c.t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
			Namespace: client.DefaultNamespace, Query: `WorkflowId = "lead-` + id + `"`,
		})
		if err != nil {
			return false
		}
		count = found.GetCount()
		return count > 0
	}, allDelivered, pollEvery)
	return count
}

// killAll ends every part at once.
func (c *cluster) killAll() {
	c.t.Helper()
	var killing sync.WaitGroup
	for _, each := range c.parts() {
		killing.Go(each.kill)
	}
	killing.Wait()
}

// startAll starts every part, those first that others need.
func (c *cluster) startAll() {
	c.t.Helper()
	for _, each := range c.parts() {
		each.start()
	}
}
