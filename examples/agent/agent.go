package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Agent talks with one visitor. The model decides what to say and which tool to
// call; the agent does it, and keeps to the gate's answer whatever the model wants.
type Agent struct {
	Leadrail *Leadrail
	Tool     Tool
	Model    Model
	Out      io.Writer

	conversationID string
	messages       []Message
	signals        json.RawMessage
	mayShow        bool
	leads          int
}

// Talk lets the visitor say each line and answers it.
func (a *Agent) Talk(ctx context.Context, title string, lines []string) error {
	a.conversationID = "conv_" + strings.ToLower(rand.Text()[:12])
	fmt.Fprintf(a.Out, "── %s (%s)\n", title, a.conversationID)
	for _, line := range lines {
		a.hear("visitor", line)
		if err := a.answer(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.Out, "\n         Leads sent: %d\n\n", a.leads)
	return nil
}

// answer asks the model until it calls no more tools.
func (a *Agent) answer(ctx context.Context) error {
	for {
		turn, err := a.Model.Next(ctx, a.Tool.Instructions, []Definition{gateDefinition(), a.Tool.Definition}, a.messages)
		if err != nil {
			return err
		}
		if turn.Say != "" {
			a.hear("agent", turn.Say)
		}
		if turn.Call == nil {
			return nil
		}
		result, err := a.use(ctx, *turn.Call)
		if refusal, ok := errors.AsType[*RefusalError](err); ok {
			result, err = refusal.Error(), nil // for the model, which can mend it
		}
		if err != nil {
			return err
		}
		a.messages = append(a.messages, Message{"tool", result})
	}
}

// use does what a model called for, and returns what it is told.
func (a *Agent) use(ctx context.Context, call Call) (string, error) {
	switch call.Tool {
	case gateTool:
		return a.askGate(ctx, call.Arguments)
	case a.Tool.Definition.Name:
		if !a.mayShow {
			return "The form must not be shown to this visitor: ask the gate first.", nil
		}
		return a.showForm(ctx, call.Arguments)
	}
	return "There is no such tool.", nil
}

func (a *Agent) askGate(ctx context.Context, arguments json.RawMessage) (string, error) {
	var known struct {
		Signals  json.RawMessage `json:"signals"`
		FormData json.RawMessage `json:"formData"`
	}
	if err := json.Unmarshal(arguments, &known); err != nil {
		return "", err
	}
	a.notef("asks the gate, knowing signals %s and data %s", known.Signals, known.FormData)
	gate, err := a.Leadrail.Ask(ctx, a.Tool.FormID, map[string]any{
		"conversationId": a.conversationID, "signals": known.Signals, "formData": known.FormData,
	})
	if err != nil {
		return "", err
	}
	a.signals, a.mayShow = known.Signals, gate.ShowForm
	if !gate.ShowForm {
		a.notef("the gate: do not show the form (score %d)", gate.Score)
		return gateSaysNo, nil
	}
	a.notef("the gate: show the form (score %d, %s)", gate.Score, gate.Tier)
	return gateSaysShow, nil
}

// showForm shows the form with what the model filled in. This visitor agrees with
// it at once; a page would wait for the button.
func (a *Agent) showForm(ctx context.Context, data json.RawMessage) (string, error) {
	a.notef("shows the form, filled in with %s; the visitor sends it", data)
	progress, err := a.Leadrail.Capture(ctx, a.conversationID+"/"+a.Tool.FormID, Lead{
		FormID: a.Tool.FormID, ConversationID: a.conversationID, FormData: data, Signals: a.signals,
	})
	if err != nil {
		return "", err
	}
	a.leads++
	a.notef("lead %s is safe", progress.SubmissionID)
	said := progress.SuccessMessage
	progress, err = a.Leadrail.Follow(ctx, progress.SubmissionID, func(p Progress) { a.notef("lead is %s", p.Status) })
	if err != nil {
		return "", err
	}
	for _, delivery := range progress.Deliveries {
		a.notef("%s: %s", delivery.Action.Name, delivery.Status)
	}
	return said, nil
}

// hear adds to the conversation, and shows it.
func (a *Agent) hear(role, text string) {
	a.messages = append(a.messages, Message{role, text})
	fmt.Fprintf(a.Out, "\n%-9s%s\n", role, text)
}

// notef tells whoever watches what the visitor does not see.
func (a *Agent) notef(format string, values ...any) {
	fmt.Fprintf(a.Out, "         · "+format+"\n", values...)
}

func indented(text string) string {
	return "   | " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n   | ") + "\n"
}
