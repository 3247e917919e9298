package main

import (
	"context"
	"encoding/json"
)

// Model says what the agent does next. A real one sends these arguments to the API
// of a vendor: the instructions as the system prompt, the tools as they are
// (Anthropic's shape here; ask Leadrail for another with ?format=), and the messages.
type Model interface {
	Next(ctx context.Context, instructions string, tools []Definition, messages []Message) (Turn, error)
}

// Message is a part of the conversation.
type Message struct {
	// Role is "visitor", "agent", or "tool" for the answer to a call.
	Role string
	Text string
}

// Turn is what a model decides: to say something, to call a tool, or both.
type Turn struct {
	Say  string
	Call *Call
}

// Call is a call of a tool.
type Call struct {
	Tool      string
	Arguments json.RawMessage
}

// Definition is a tool as Anthropic's API takes it.
type Definition struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	InputSchema json.RawMessage `json:"input_schema"` //nolint:tagliatelle // the vendor's name
}

// gateTool lets the model ask whether the visitor may be shown the form. What it is
// told leaves out the score: a model that does not know it cannot tell it.
const (
	gateTool     = "ask_gate"
	gateSaysShow = "Show the form."
	gateSaysNo   = "Do not show the form, and do not mention it."
)

func gateDefinition() Definition {
	return Definition{
		Name:        gateTool,
		Description: "Asks whether the form may be shown to this visitor, by what is known so far.",
		InputSchema: json.RawMessage(`{"type":"object","properties":{"signals":{"type":"object"},"formData":{"type":"object"}}}`),
	}
}
