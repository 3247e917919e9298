package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"
)

// agentTools are what a key that submits and reads is shown.
var agentTools = []string{"capture_lead", "get_form", "list_forms", "qualify", "submission_status"} //nolint:gochecknoglobals // read only

// Public MCP clients of three makes capture a lead with leadrail up and see it
// delivered, two of them with a visitor who is asked for the form.
func TestPublicClientsSpeakMCP(t *testing.T) {
	t.Parallel()
	older := mcpScript(t, "mcp_v1.mjs", "@modelcontextprotocol/sdk@1.32.2")
	newer := mcpScript(t, "mcp_v2.mjs", "@modelcontextprotocol/client@2.4.0")
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	m.up()
	crm := newReceiver(t, http.StatusOK)
	form := m.createAskingForm(crm.URL)
	key := m.run("key", "create", "-name", "mcp", "-scopes", "submit,read", "-agents", "agent_e2e")
	url := "http://" + m.api + "/mcp"

	m.speakGo(url, key, form)
	var said spoken
	older(&said, url, key, form)
	require.Equal(t, spoken{
		Tools: agentTools, Fields: []string{"email", "plan"}, Missing: []string{"formData", "formData.email"},
		Outcome: "captured", SubmissionID: said.SubmissionID, Status: "completed",
	}, said)

	said = spoken{}
	newer(&said, url, key, form)
	require.Equal(t, "2026-07-28", said.Revision)
	require.Equal(t, agentTools, said.Tools)
	require.Len(t, said.Asked, 3)
	require.Equal(t, "Talk to sales", said.Asked[0].Message)
	require.Equal(t, []string{"email", "plan"}, said.Asked[0].Fields)
	require.Contains(t, said.Asked[1].Message, "Work email")
	require.Equal(t, []string{"captured", "completed", "declined"}, []string{said.Outcome, said.Status, said.Declined})

	require.Len(t, crm.all(), 3, "one for each client")
}

// spoken is what a script says that happened.
type spoken struct {
	Revision string   `json:"revision"`
	Tools    []string `json:"tools"`
	Fields   []string `json:"fields"`
	Missing  []string `json:"missing"`
	Asked    []struct {
		Message string   `json:"message"`
		Fields  []string `json:"fields"`
	} `json:"asked"`
	Outcome      string `json:"outcome"`
	SubmissionID string `json:"submissionId"`
	Status       string `json:"status"`
	Declined     string `json:"declined"`
}

// speakGo captures a lead with the official client for Go, whose user is asked.
func (m *machine) speakGo(url, key, form string) {
	m.t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "e2e", Version: "1"}, &mcp.ClientOptions{
		ElicitationHandler: answerForm,
	})
	session, err := client.Connect(m.t.Context(), &mcp.StreamableClientTransport{
		Endpoint: url, HTTPClient: &http.Client{Transport: bearer(key)},
	}, nil)
	require.NoError(m.t, err)
	defer session.Close() // an error means that it is closed
	listed, err := session.ListTools(m.t.Context(), nil)
	require.NoError(m.t, err)
	var names []string
	for _, tool := range listed.Tools {
		names = append(names, tool.Name)
	}
	require.Equal(m.t, agentTools, names)
	call := func(tool string, arguments map[string]any) spoken {
		result, err := session.CallTool(m.t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
		require.NoError(m.t, err)
		require.False(m.t, result.IsError, "%v", result.StructuredContent)
		encoded, err := json.Marshal(result.StructuredContent)
		require.NoError(m.t, err)
		var said spoken
		require.NoError(m.t, json.Unmarshal(encoded, &said))
		return said
	}
	lead := call("capture_lead", map[string]any{"formId": form, "conversationId": "conv_go"})
	require.Equal(m.t, "captured", lead.Outcome)
	require.Eventually(m.t, func() bool {
		return call("submission_status", map[string]any{"submissionId": lead.SubmissionID}).Status == "completed"
	}, time.Minute, pollEvery)
}

// answerForm is a visitor with an address.
func answerForm(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
	return &mcp.ElicitResult{Action: "accept", Content: map[string]any{"email": "ada@example.com"}}, nil
}

// createAskingForm makes a form that cannot do without an address.
func (m *machine) createAskingForm(url string) string {
	m.t.Helper()
	var form struct {
		ID string `json:"id"`
	}
	status := m.call(http.MethodPost, "/v1/forms", map[string]any{
		"agentId": "agent_e2e", "name": "asking", "title": "Talk to sales", "webhook": map[string]any{"url": url},
		"fields": []map[string]any{
			{"name": "email", "label": "Work email", "type": "email", "validation": map[string]any{"required": map[string]any{"value": true}}},
			{"name": "plan", "type": "select", "options": []map[string]any{{"label": "Free", "value": "free"}, {"label": "Pro", "value": "pro"}}},
		},
	}, &form)
	require.Equal(m.t, http.StatusCreated, status)
	return form.ID
}

// mcpScript installs a library beside a script and returns what runs it, and reads
// what it says.
func mcpScript(t *testing.T, name, library string) func(said *spoken, args ...string) {
	t.Helper()
	node, npm := installed(t, "node"), installed(t, "npm")
	dir := t.TempDir()
	script, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	file := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(file, script, 0o600))
	requireRuns(t, dir, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", library)
	return func(said *spoken, args ...string) {
		cmd := exec.CommandContext(t.Context(), node, append([]string{file}, args...)...)
		var complaints lockedBuffer
		cmd.Stderr = &complaints
		output, err := cmd.Output()
		require.NoError(t, err, "%s: %s", name, &complaints)
		require.NoError(t, json.Unmarshal(output, said), "%s", output)
	}
}

// bearer sends a key with each request.
type bearer string

func (b bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(request)
}
