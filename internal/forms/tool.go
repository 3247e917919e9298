package forms

import (
	"context"
	"strings"
	"unicode/utf8"

	"leadrail/models"
)

// ToolFormat is whose shape a tool definition has.
type ToolFormat string

// The formats of tools.
const (
	// ToolOpenAI is a function tool of Chat Completions.
	ToolOpenAI ToolFormat = "openai"
	// ToolOpenAIResponses is a function tool of the Responses API.
	ToolOpenAIResponses ToolFormat = "openai-responses"
	// ToolAnthropic is a client tool of the Messages API.
	ToolAnthropic ToolFormat = "anthropic"
	// ToolMCP is a tool as an MCP server lists it.
	ToolMCP ToolFormat = "mcp"
	// ToolJSONSchema is the schema of the form data alone, with all conditions.
	ToolJSONSchema ToolFormat = "jsonschema"
)

// ToolFormats lists every format.
func ToolFormats() []ToolFormat {
	return []ToolFormat{ToolOpenAI, ToolOpenAIResponses, ToolAnthropic, ToolMCP, ToolJSONSchema}
}

// maxToolDescription is the longest description of a function, in characters, that
// OpenAI takes.
const maxToolDescription = 1024

// ToolRef names a form and the shape that its tool is wanted in.
type ToolRef struct {
	ID string `json:"-" uri:"id"`
	// Format is one of ToolFormats; empty means ToolJSONSchema.
	Format ToolFormat `json:"-" form:"format"`
}

// ToolView is a form as a tool for a model. It tells nothing of what happens after
// a submission, nor how a lead is scored.
type ToolView struct {
	FormID      string     `json:"formId"`
	FormVersion int        `json:"formVersion"`
	Format      ToolFormat `json:"format"`
	// Tool is what goes into the list of tools, as it is.
	Tool any `json:"tool"`
	// Instructions are a text for the agent's prompt.
	Instructions string `json:"instructions"`
}

// Tool makes a tool of a form's newest version, also of one that is switched off.
// The only invalid input is an unknown format.
func (s *Service) Tool(ctx context.Context, ref ToolRef) (ToolView, error) {
	if ref.Format == "" {
		ref.Format = ToolJSONSchema
	}
	record, err := s.form(ctx, ref.ID)
	if err != nil {
		return ToolView{}, err
	}
	definition := record.Version.Definition
	tool, known := toolOf(record.Form.ID, definition, ref.Format)
	if !known {
		return ToolView{}, models.InvalidField("format", "unsupported", "The format is one of "+formatNames()+".")
	}
	return ToolView{
		FormID: record.Form.ID, FormVersion: record.Form.Version, Format: ref.Format,
		Tool: tool, Instructions: instructions(record.Form.ID, definition),
	}, nil
}

func formatNames() string {
	names := make([]string, len(ToolFormats()))
	for i, format := range ToolFormats() {
		names[i] = string(format)
	}
	return strings.Join(names, ", ")
}

// openAIFunction is what both of OpenAI's shapes say of a function. Strict is off:
// strict schemas know no lengths and want every field required.
type openAIFunction struct {
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Parameters  *JSONSchema `json:"parameters"`
	Strict      bool        `json:"strict"`
}

type openAITool struct {
	Type     string         `json:"type"`
	Function openAIFunction `json:"function"`
}

type openAIResponsesTool struct {
	Type string `json:"type"`
	openAIFunction
}

type anthropicTool struct {
	Name        string      `json:"name"`
	Description string      `json:"description"`
	InputSchema *JSONSchema `json:"input_schema"` //nolint:tagliatelle // the vendor's name
}

type mcpTool struct {
	Name        string         `json:"name"`
	Title       string         `json:"title,omitempty"`
	Description string         `json:"description"`
	InputSchema *JSONSchema    `json:"inputSchema"`
	Annotations mcpAnnotations `json:"annotations"`
}

// mcpAnnotations tell a client that the tool adds a lead each time, and that the
// lead goes to systems elsewhere.
type mcpAnnotations struct {
	ReadOnly    bool `json:"readOnlyHint"`
	Destructive bool `json:"destructiveHint"`
	Idempotent  bool `json:"idempotentHint"`
	OpenWorld   bool `json:"openWorldHint"`
}

// toolOf reports false for an unknown format.
func toolOf(formID string, definition models.FormDefinition, format ToolFormat) (tool any, known bool) {
	name, description := definition.Name, toolDescription(definition)
	function := openAIFunction{Name: name, Description: description, Parameters: Arguments(definition)}
	switch format {
	case ToolOpenAI:
		return openAITool{Type: "function", Function: function}, true
	case ToolOpenAIResponses:
		return openAIResponsesTool{Type: "function", openAIFunction: function}, true
	case ToolAnthropic:
		return anthropicTool{Name: name, Description: description, InputSchema: function.Parameters}, true
	case ToolMCP:
		return mcpTool{
			Name: name, Title: definition.Title, Description: description, InputSchema: function.Parameters,
			Annotations: mcpAnnotations{OpenWorld: true},
		}, true
	case ToolJSONSchema:
		schema := Schema(definition)
		schema.ID = "urn:leadrail:form:" + formID
		return schema, true
	}
	return nil, false
}

// toolDescription says when to use the tool and how, within maxToolDescription
// characters: the author's words are cut first.
func toolDescription(definition models.FormDefinition) string {
	const how = " Call it with what the visitor has told you, and leave out what the visitor has not."
	when := definition.Description
	if when == "" {
		when = "Sends in the form " + label(models.Field{Name: definition.Name, Label: definition.Title}) + "."
	}
	if room := maxToolDescription - len(how); utf8.RuneCountInString(when) > room {
		when = string([]rune(when)[:room-1]) + "…"
	}
	return when + how
}
