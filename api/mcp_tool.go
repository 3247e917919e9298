package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"leadrail/internal/forms"
	"leadrail/models"
)

// mcpTool is one line of the tool table.
type mcpTool struct {
	// scope is what a key needs for it; others are not shown the tool.
	scope   models.Scope
	about   *mcp.Tool
	handler func(*slog.Logger) mcp.ToolHandler
}

// toolUse is what a tool does. The request is for those that ask the client.
type toolUse[In, Out any] func(ctx context.Context, req *mcp.CallToolRequest, in In) (Out, error)

// newTool makes a tool. Its arguments are read as strictly as the body of a route
// is, and its schemas follow from the types.
func newTool[In, Out any](scope models.Scope, about mcp.Tool, use toolUse[In, Out]) mcpTool {
	about.InputSchema, about.OutputSchema = schemaOf[In](), orFailure(schemaOf[Out]())
	return mcpTool{scope: scope, about: &about, handler: func(log *slog.Logger) mcp.ToolHandler {
		arguments := shapeOf[In]()
		return func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			out, err := callSafely(func() (any, error) {
				if calledBy(ctx) == "" {
					return nil, errors.New("the context is not the request's, so nobody knows who asks")
				}
				in, err := readArguments[In](req.Params.Arguments, arguments)
				if err != nil {
					return nil, err
				}
				return use(ctx, req, in)
			})
			if err != nil {
				return toolFailed(ctx, log, about.Name, err)
			}
			if open, ok := out.(interface{ Asks() *mcp.CallToolResult }); ok && open.Asks() != nil {
				return open.Asks(), nil
			}
			return toolResult(out)
		}
	}}
}

// callSafely turns a panic into an error: a tool runs where nothing else catches one.
func callSafely(use func() (any, error)) (out any, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("panic: %v\n%s", recovered, debug.Stack())
		}
	}()
	return use()
}

func readArguments[In any](raw json.RawMessage, arguments *shape) (In, error) {
	var in In
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	return in, decodeBody(bytes.NewReader(raw), &in, arguments)
}

// failure is an error as a model gets it. It mends its call by it.
type failure struct {
	Error failureDetail `json:"error"`
}

type failureDetail struct {
	Code      string              `json:"code" jsonschema:"What is wrong, for programs"`
	Message   string              `json:"message" jsonschema:"What is wrong, and what to do about it"`
	RequestID string              `json:"requestId" jsonschema:"Finds the call in the service's log"`
	Errors    []models.FieldError `json:"errors,omitempty" jsonschema:"Each problem of the arguments, by its place"`
}

// toolFailed is the answer of a tool that could not do it. The text of an error that
// is not for callers goes to the log.
func toolFailed(ctx context.Context, log *slog.Logger, tool string, err error) (*mcp.CallToolResult, error) {
	coded, whole := shownOf(err)
	id := calledBy(ctx)
	if !whole {
		log.ErrorContext(ctx, "a tool failed", "tool", tool, "requestId", id, "error", err)
	}
	result, err := toolResult(failure{Error: failureDetail{
		Code: codeOf(coded), Message: coded.Message, RequestID: id, Errors: coded.Fields,
	}})
	if err == nil {
		result.IsError = true
	}
	return result, err
}

// toolResult is an answer as data and, for clients that know of no such, as text.
func toolResult(out any) (*mcp.CallToolResult, error) {
	encoded, err := models.NewDocument(out)
	if err != nil {
		return nil, err
	}
	return &mcp.CallToolResult{
		StructuredContent: json.RawMessage(encoded),
		Content:           []mcp.Content{&mcp.TextContent{Text: string(encoded)}},
	}, nil
}

// schemaOf is the JSON Schema of a type that tools take or answer with.
func schemaOf[T any]() *jsonschema.Schema {
	schema, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[models.Document]():  {Type: "object"},
		reflect.TypeFor[models.Condition](): {Type: "object"}, // one contains others
		reflect.TypeFor[forms.JSONSchema](): {Type: "object"},
		reflect.TypeFor[models.Timestamp](): {Type: "string", Format: "date-time"},
	}})
	if err != nil {
		panic(err) // the types are known when this is compiled
	}
	return schema
}

// orFailure is the schema of a tool's answer: clients check errors against it too.
func orFailure(success *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AnyOf: []*jsonschema.Schema{success, schemaOf[failure]()}}
}
