package main

import (
	"context"
	"encoding/json"
)

// visit is a visitor with the model that answers.
type visit struct {
	title string
	lines []string
	model Model
}

// visits are two conversations, one for each answer of the gate.
func visits() []visit {
	return []visit{
		{
			title: "A visitor who wants to buy",
			lines: []string{
				"Hi! We are 40 people and want to replace our lead routing. What does Leadrail cost?",
				"About 12,000 dollars a year.",
				"Ada Example, ada@example.com. The first of December would suit us.",
			},
			model: &Script{
				turns: []Turn{
					{Say: "It depends on how much you send. Have you set a budget aside?"},
					{Call: call(gateTool, `{"signals":{"intent":"buy"},"formData":{"team_size":40,"budget":12000}}`)},
				},
				shown: []Turn{
					{Say: "Then a demo is the best way to see it. Who may I book it for, and which day suits you?"},
					{Call: call("book_a_demo", `{"name":"Ada Example","email":"ada@example.com","team_size":40,"budget":12000,"preferred_date":"2026-12-01"}`)},
				},
				refused: []Turn{{Say: "Our prices are on the website. Is there anything else?"}},
			},
		},
		{
			title: "A student without a budget",
			lines: []string{
				"Hello, I am writing my thesis about lead routing. How does yours work?",
				"Thanks! No budget, I am afraid: I just want to understand it.",
			},
			model: &Script{
				turns: []Turn{
					{Say: "Rules name a team, and its members take turns by weight. Do you want to use it yourself, with a budget?"},
					{Call: call(gateTool, `{"signals":{"intent":"learn","role":"student"},"formData":{"budget":0}}`)},
				},
				shown:   []Turn{{Say: "Shall I book you a demo?"}},
				refused: []Turn{{Say: "Then the source is what you want: start with docs/architecture.md. Good luck with the thesis!"}},
			},
		},
	}
}

func call(tool, arguments string) *Call {
	return &Call{Tool: tool, Arguments: json.RawMessage(arguments)}
}

// Script is a model that was told beforehand what to do. It listens to the gate: what
// it does after the answer depends on it. After a form was sent it says what it was
// told to say.
type Script struct {
	turns, shown, refused []Turn
}

// Next implements Model.
func (s *Script) Next(_ context.Context, _ string, _ []Definition, messages []Message) (Turn, error) {
	if last := messages[len(messages)-1]; last.Role == "tool" {
		switch last.Text {
		case gateSaysShow:
			s.turns = s.shown
		case gateSaysNo:
			s.turns = s.refused
		default:
			return Turn{Say: last.Text}, nil
		}
	}
	if len(s.turns) == 0 {
		return Turn{Say: "Have a good day!"}, nil
	}
	next := s.turns[0]
	s.turns = s.turns[1:]
	return next, nil
}
