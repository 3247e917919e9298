package e2e_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const siteOrigin = "https://www.example.com"

// newRole is a process of one role of a cluster.
func (c *cluster) newRole(name string) *program {
	if c.api == "" {
		c.api = freeAddress(c.t)
	}
	role := &program{
		t: c.t, name: name, answers: func(said string) bool { return strings.Contains(said, "msg=ready") },
		command: func() *exec.Cmd {
			cmd := exec.Command(binary(c.t, "leadrail"), name)
			cmd.Dir = c.dir
			cmd.Env = []string{
				"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir, "DATABASE_URL=" + c.database, "TEMPORAL_ADDRESS=" + c.machine.temporal,
				"LEADRAIL_LISTEN=" + c.api, "LEADRAIL_METRICS_LISTEN=off", "LEADRAIL_SEAL_KEYS=" + sealKeys,
				"LEADRAIL_ADMIN_KEY=" + c.adminKey, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8",
			}
			return cmd
		},
	}
	c.silence.hear(role.said.String)
	return role
}

// website is a page with a form whose handler works in the visitor's browser.
type website struct {
	*machine

	key, form string
}

// newWebsite makes a publishable key and a form; webhook is the form's own, empty
// for a form whose page does it all.
func (m *machine) newWebsite(name, webhook string) website {
	m.t.Helper()
	var key struct {
		Secret string `json:"secret"`
	}
	require.Equal(m.t, http.StatusCreated, m.call(http.MethodPost, "/v1/keys", map[string]any{
		"name": name, "kind": "publishable", "scopes": []string{"submit"}, "agentIds": []string{"agent_e2e"}, "origins": []string{siteOrigin},
	}, &key))
	form := map[string]any{
		"agentId": "agent_e2e", "name": name, "fields": []map[string]any{{"name": "email", "type": "email"}},
		"executionMode": "client", "clientHandler": "app.book",
	}
	if webhook != "" {
		form["executionMode"], form["webhook"] = "both", map[string]any{"url": webhook}
	}
	var made struct {
		ID string `json:"id"`
	}
	require.Equal(m.t, http.StatusCreated, m.call(http.MethodPost, "/v1/forms", form, &made))
	return website{machine: m, key: key.Secret, form: made.ID}
}

// post is a call of the page's.
func (w website) post(path string, body any, answer any) int {
	w.t.Helper()
	encoded, err := json.Marshal(body)
	require.NoError(w.t, err)
	w.silence.keep(encoded)
	request, err := http.NewRequest(http.MethodPost, "http://"+w.api+path, bytes.NewReader(encoded))
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+w.key)
	request.Header.Set("Origin", siteOrigin)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(answer))
	return response.StatusCode
}

// visited is what the page was answered when it submitted the form.
type visited struct {
	SubmissionID  string `json:"submissionId"`
	ClientHandler string `json:"clientHandler"`
	ClientToken   string `json:"clientToken"`
}

func (w website) visit() visited {
	w.t.Helper()
	var answer visited
	status := w.post("/v1/submissions", map[string]any{"formId": w.form, "formData": map[string]any{"email": "ada@example.com"}}, &answer)
	require.Equal(w.t, http.StatusAccepted, status)
	require.Equal(w.t, "app.book", answer.ClientHandler)
	return answer
}

// report says what became of the page's work.
func (w website) report(lead visited, success bool) (status int, code string) {
	w.t.Helper()
	var problem struct {
		Code string `json:"code"`
	}
	result := map[string]any{
		"success": success, "message": "Words of the page.", "data": map[string]any{"meeting": "m_1"}, "token": lead.ClientToken,
	}
	untold, err := json.Marshal(map[string]any{"formData": result})
	require.NoError(w.t, err)
	w.silence.keep(untold) // by the logs, as form data is
	status = w.post("/v1/submissions/"+lead.SubmissionID+"/client-result", result, &problem)
	return status, problem.Code
}

func (w website) mustReport(lead visited, success bool) {
	w.t.Helper()
	status, code := w.report(lead, success)
	require.Equal(w.t, http.StatusAccepted, status, code)
}

// What a page reports is kept while the worker is down, while Temporal is, and
// before the lead itself is where it belongs, and the lead's run goes on with it.
func TestAPageReports(t *testing.T) {
	t.Parallel()
	c := newStores(t)
	api, worker := c.newRole("api"), c.newRole("worker")
	api.start()
	site := c.newWebsite("book_demo", "")

	early := site.visit()
	site.mustReport(early, true) // nobody works on the lead yet
	require.Equal(t, "pending", c.waitFor(early.SubmissionID, "pending", time.Second).Status)
	worker.start()
	done := c.waitFor(early.SubmissionID, "completed", 30*time.Second)
	require.Len(t, done.Deliveries, 1)
	require.Len(t, done.Deliveries[0].Attempts, 1)
	status, _ := site.report(early, true)
	require.Equal(t, http.StatusOK, status, "the same again")
	_, code := site.report(early, false)
	require.Equal(t, "already_reported", code)

	atOnce := site.visit()
	site.mustReport(atOnce, true)
	c.waitFor(atOnce.SubmissionID, "completed", 30*time.Second)

	late := c.waitForPage(site.visit())
	worker.stop()
	site.mustReport(late, true)
	worker.start()
	c.waitFor(late.SubmissionID, "completed", 30*time.Second)

	c.engine.stop()
	spilled := site.visit()
	site.mustReport(spilled, true) // the lead waits in the intake
	c.engine.start()
	c.waitFor(spilled.SubmissionID, "completed", 60*time.Second)
}

// A run that could not be told is told by the reconciler.
func TestALostWordOfAReportIsSaidAgain(t *testing.T) {
	t.Parallel()
	c := newStores(t)
	api, worker := c.newRole("api"), c.newRole("worker")
	api.start()
	worker.start()
	site := c.newWebsite("book_demo", "")
	waiting := c.waitForPage(site.visit())
	c.engine.stop()
	site.mustReport(waiting, true)
	c.engine.start()
	c.waitFor(waiting.SubmissionID, "completed", 3*time.Minute)
}

// A handler that failed fails its lead, and nobody else's token does anything.
func TestAHandlerThatFails(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	crm := newReceiver(t, http.StatusOK)
	site := m.newWebsite("book_demo", crm.URL)
	lead, other := m.waitForPage(site.visit()), site.visit()

	for _, token := range []string{"", "x", other.ClientToken} {
		stranger := lead
		stranger.ClientToken = token
		status, code := site.report(stranger, true)
		require.Equal(t, http.StatusForbidden, status)
		require.Equal(t, "invalid_client_token", code)
	}
	site.mustReport(lead, false)
	failed := m.waitFor(lead.SubmissionID, "failed", 15*time.Second)
	require.Equal(t, "client: handler_failed: the page's handler reported that it failed", failed.FailureReason)
	require.Equal(t, http.StatusConflict, m.call(http.MethodPost, "/v1/submissions/"+other.SubmissionID+"/retry", nil, nil), "nothing waits for a retry")
	site.mustReport(other, true)
	m.waitFor(other.SubmissionID, "completed", 15*time.Second)
	require.Len(t, crm.all(), 2, "the webhook is called in this mode, too")
	require.Equal(t, 0, leadrail.stop())
}

// waitForPage reads a lead until its run waits for the page.
func (m *machine) waitForPage(lead visited) visited {
	m.t.Helper()
	require.Eventually(m.t, func() bool {
		var stored struct {
			Deliveries []struct {
				Type     string `json:"type"`
				Attempts []any  `json:"attempts"`
			} `json:"deliveries"`
		}
		m.call(http.MethodGet, "/v1/submissions/"+lead.SubmissionID, nil, &stored)
		for _, delivery := range stored.Deliveries {
			if delivery.Type == "client" && len(delivery.Attempts) == 1 {
				return true
			}
		}
		return false
	}, 30*time.Second, pollEvery)
	return lead
}
