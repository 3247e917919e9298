package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"leadrail/models"
)

// mcpInstructions tell a model what the server is for. Clients put them into its
// prompt.
const mcpInstructions = `Capture leads: show a visitor a form, and send in what they answer.
1. list_forms finds the agent's forms; get_form tells the fields of one and the JSON Schema of formData.
2. qualify says whether to show a form to this visitor. Do not show it when showForm is false.
3. capture_lead sends the answers in. Without formData it asks the visitor itself, where the client can show forms.
Never make answers up: leave out what the visitor has not said. Send the same idempotencyKey when you repeat a call.`

// serveMCP serves the Model Context Protocol over streamable HTTP, without
// sessions: each request stands alone, and any replica answers it. A tool is a use
// case that a route of its own serves as well.
func serveMCP(d Dependencies) gin.HandlerFunc {
	servers := mcpServers(mcpTools(d), d)
	handler := mcp.NewStreamableHTTPHandler(
		func(r *http.Request) *mcp.Server { return servers[accessOf(models.PrincipalOf(r.Context()))] },
		&mcp.StreamableHTTPOptions{
			Stateless: true, JSONResponse: true, PropagateRequestCancellation: true,
			// It holds the Host header against the address that was connected to, and so
			// refuses whoever comes through a proxy on this machine. refusePages does what
			// it is for.
			DisableLocalhostProtection: true,
			MaxRequestBodyBytes:        -1, // readMessage has read it, as far as the policy lets it
		})
	return func(c *gin.Context) {
		message, err := readMessage(c)
		if err != nil {
			writeProblem(c, err)
			return
		}
		r := c.Request.WithContext(context.WithValue(c.Request.Context(), requestIDKey{}, requestID(c)))
		r.Body = io.NopCloser(bytes.NewReader(message))
		handler.ServeHTTP(c.Writer, r)
	}
}

// requestIDKey is where a tool finds the id of the request that called it.
type requestIDKey struct{}

// calledBy is the id of the request that a tool is called by; empty outside one.
func calledBy(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// readMessage reads one JSON-RPC message. Batches, which the revision 2025-03-26
// had and no other, are refused: they would be many calls for one of the limit.
func readMessage(c *gin.Context) ([]byte, error) {
	if err := refusePages(c); err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return nil, bodyError(err)
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '{' {
		return nil, malformed("The body is not one JSON-RPC message.")
	}
	// What a text may hold is for the tool to judge.
	if err := checkStrict(raw, &shape{verbatim: true}); err != nil {
		return nil, bodyError(err)
	}
	return raw, nil
}

// refusePages refuses a browser that sends a secret key. No page has one, but the
// page may have been brought under this service's name (DNS rebinding), and the
// protocol wants the origin checked. A publishable key was held to its origins.
func refusePages(c *gin.Context) error {
	if c.GetHeader("Origin") == "" || models.PrincipalOf(c.Request.Context()).Publishable() {
		return nil
	}
	return &models.Error{
		Code: models.CodeForbidden, Reason: "origin_not_allowed",
		Message: "A secret key does not work in a page: use a publishable one.",
	}
}

// access is what a key opens of the tools.
type access struct{ submit, read bool }

func accessOf(caller models.Principal) access {
	return access{submit: caller.Has(models.ScopeSubmit), read: caller.Has(models.ScopeRead)}
}

// opens reports whether tools of the scope are there.
func (a access) opens(scope models.Scope) bool {
	return a.submit && scope == models.ScopeSubmit || a.read && scope == models.ScopeRead
}

// mcpServers makes a server for each kind of key, with the tools that it may use.
func mcpServers(tools []mcpTool, d Dependencies) map[access]*mcp.Server {
	servers := map[access]*mcp.Server{}
	for _, kind := range []access{{submit: true}, {read: true}, {submit: true, read: true}} {
		server := mcp.NewServer(&mcp.Implementation{Name: "leadrail", Title: "Leadrail", Version: version()}, &mcp.ServerOptions{
			Instructions: mcpInstructions,
			// The tools are always the same ones: there is nothing to be told about.
			Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}},
			SetCacheable: func(_ context.Context, _ mcp.Request, c *mcp.Cacheable) { c.CacheScope = "private" },
		})
		for _, tool := range tools {
			if kind.opens(tool.scope) {
				server.AddTool(tool.about, tool.handler(d.Log))
			}
		}
		servers[kind] = server
	}
	return servers
}

// version is that of the program's module.
func version() string {
	build, known := debug.ReadBuildInfo()
	if !known {
		return "unknown"
	}
	return build.Main.Version
}
