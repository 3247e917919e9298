package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/require"
)

// wire carries the requests of a client to a service, and checks each exchange
// against the contract.
type wire struct {
	t       *testing.T
	service *service
	options []option
}

func (w wire) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	inbound := httptest.NewRequestWithContext(request.Context(), request.Method, request.URL.Path, bytes.NewReader(body))
	inbound.Header = request.Header.Clone()
	for _, apply := range w.options {
		apply(inbound)
	}
	answer := httptest.NewRecorder()
	w.service.handler.ServeHTTP(answer, inbound)
	if request.Method == http.MethodPost {
		theContract(w.t).check(w.t, inbound, body, answer) //nolint:contextcheck // it has the test's own
	}
	response := answer.Result()
	response.Request = request
	return response, nil
}

// answering is a visitor who is shown forms.
type answering func(*mcp.ElicitParams) *mcp.ElicitResult

// connect is an MCP client with a key. Its user is shown forms where visitor is not nil.
func (s *service) connect(t *testing.T, key string, visitor answering, options ...option) *mcp.ClientSession {
	t.Helper()
	can := &mcp.ClientOptions{}
	if visitor != nil {
		can.ElicitationHandler = func(_ context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			return visitor(r.Params), nil
		}
	}
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, can).Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: "http://leads.example.com/mcp", HTTPClient: &http.Client{Transport: wire{t, s, append(options, as(key))}},
		MaxRetries: -1, DisableStandaloneSSE: true,
	}, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, session.Close()) })
	return session
}

// use calls a tool that must succeed, and returns its answer.
func use(t *testing.T, client *mcp.ClientSession, tool string, arguments any) object {
	t.Helper()
	result := callTool(t, client, tool, arguments)
	require.False(t, result.IsError, "%v", result.StructuredContent)
	return result.StructuredContent.(object)
}

// misuse calls a tool that must say that it cannot, and returns what it says.
func misuse(t *testing.T, client *mcp.ClientSession, tool string, arguments any) object {
	t.Helper()
	result := callTool(t, client, tool, arguments)
	require.True(t, result.IsError, "%v", result.StructuredContent)
	said := result.StructuredContent.(object)["error"].(object)
	require.NotEmpty(t, said["message"])
	require.Regexp(t, "^req_", said["requestId"])
	return said
}

// callTool calls a tool. Its answer is what the tool says that it answers, and the
// text says the same as the data.
func callTool(t *testing.T, client *mcp.ClientSession, tool string, arguments any) *mcp.CallToolResult {
	t.Helper()
	result, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	require.NoError(t, err)
	require.Len(t, result.Content, 1)
	var said object
	require.NoError(t, json.Unmarshal([]byte(result.Content[0].(*mcp.TextContent).Text), &said))
	require.Equal(t, said, result.StructuredContent)
	schema, err := outputOf(t, client, tool).Resolve(nil)
	require.NoError(t, err)
	require.NoError(t, schema.Validate(said), "the answer of %s against its schema", tool)
	return result
}

// outputOf is the schema of a tool's answers.
func outputOf(t *testing.T, client *mcp.ClientSession, tool string) *jsonschema.Schema {
	t.Helper()
	listed, err := client.ListTools(t.Context(), nil)
	require.NoError(t, err)
	for _, known := range listed.Tools {
		if known.Name == tool {
			encoded, err := json.Marshal(known.OutputSchema)
			require.NoError(t, err)
			var schema jsonschema.Schema
			require.NoError(t, json.Unmarshal(encoded, &schema))
			return &schema
		}
	}
	require.FailNow(t, "the tool is not listed", tool)
	return nil
}

// problemsOf are the places and codes of what a tool says is wrong.
func problemsOf(said object) (found []string) {
	list, _ := said["errors"].([]any)
	for _, item := range list {
		found = append(found, item.(object)["field"].(string)+" "+item.(object)["code"].(string))
	}
	return found
}
