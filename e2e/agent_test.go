package e2e_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// The example agent talks with two visitors. The one whom the gate lets through is
// shown the form, and the lead completes; the other is shown none, and nothing
// of that conversation is sent.
func TestTheExampleAgent(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	leadrail := m.up()
	form := m.createExampleForm()

	out := m.runExample("agent", "-url", "http://"+m.api, "-key", m.adminKey, "-form", form)
	require.Contains(t, out, "| # Form book_a_demo: Book a demo", "the instructions")
	talks := regexp.MustCompile(`── [^(]+\((conv_\w+)\)`).FindAllStringSubmatchIndex(out, -1)
	require.Len(t, talks, 2)
	buyer, student := out[talks[0][0]:talks[1][0]], out[talks[1][0]:]

	require.Regexp(t, `(?s)the gate: show the form \(score 80, hot\).*shows the form.*is safe.*lead is completed.*sales: delivered.*agent    Your demo is on its way`, buyer)
	leads := m.leadsOf(out[talks[0][2]:talks[0][3]])
	require.Len(t, leads, 1)
	require.Equal(t, "completed", leads[0].Status)
	require.Empty(t, cmp.Diff(map[string]any{
		"name": "Ada Example", "email": "ada@example.com", "team_size": 40.0, "budget": 12000.0, "preferred_date": "2026-12-01",
	}, leads[0].FormData))

	require.Regexp(t, `(?s)the gate: do not show the form \(score -30\).*Leads sent: 0`, student)
	require.NotContains(t, student, "shows the form")
	conversation := out[talks[1][2]:talks[1][3]]
	require.Empty(t, m.leadsOf(conversation))
	require.Eventually(t, func() bool { return cmp.Equal([]bool{false}, m.decisionsOf(conversation)) }, 10*time.Second, pollEvery,
		"the gate's answer is noted in the conversation")
	require.Equal(t, 0, leadrail.stop())
}

// createExampleForm makes the form of examples/agent.
func (m *machine) createExampleForm() string {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "examples", "agent", "form.json"))
	require.NoError(m.t, err)
	var made struct {
		ID string `json:"id"`
	}
	require.Equal(m.t, http.StatusCreated, m.call(http.MethodPost, "/v1/forms", json.RawMessage(text), &made))
	return made.ID
}

// runExample runs a program of examples/ to its end, and returns what it wrote.
func (m *machine) runExample(name string, args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), "go", append([]string{"run", "./examples/" + name}, args...)...)
	cmd.Dir = ".."
	out, err := cmd.CombinedOutput()
	require.NoError(m.t, err, "%s", out)
	return string(out)
}

// exampleLead is what the test reads of a lead.
type exampleLead struct {
	Status   string         `json:"status"`
	FormData map[string]any `json:"formData"`
}

// leadsOf are the leads of a conversation.
func (m *machine) leadsOf(conversation string) []exampleLead {
	m.t.Helper()
	var page struct {
		Data []exampleLead `json:"data"`
	}
	require.Equal(m.t, http.StatusOK, m.call(http.MethodGet, "/v1/submissions?conversationId="+conversation, nil, &page))
	return page.Data
}

// decisionsOf tells for each answer of the gate in a conversation whether a form was
// to be shown.
func (m *machine) decisionsOf(conversation string) (shown []bool) {
	m.t.Helper()
	var found struct {
		GateDecisions []struct {
			ShowForm bool `json:"showForm"`
		} `json:"gateDecisions"`
	}
	m.call(http.MethodGet, "/v1/conversations/"+conversation, nil, &found)
	for _, decision := range found.GateDecisions {
		shown = append(shown, decision.ShowForm)
	}
	return shown
}
