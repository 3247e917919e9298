package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"leadrail/internal/forms"
	"leadrail/models"
)

// What a visitor does with a form that is shown to them (MCP 2026-07-28,
// "Elicitation").
const (
	actionAccept  = "accept"
	actionDecline = "decline"
	actionCancel  = "cancel"
)

// Since askSince a server asks in its answer, and the client calls again with what
// the visitor said ("Multi Round-Trip Requests"). Before, it had to hold a session.
const askSince = "2026-07-28"

// questionKey names the one question among a result's input requests.
const questionKey = "form"

// maxRounds is how often a visitor is asked within one call.
const maxRounds = 3

// canAsk reports whether the client shows forms to its user.
func canAsk(req *mcp.CallToolRequest) bool {
	can := req.ClientCapabilities()
	return req.ProtocolVersion() >= askSince && can != nil && can.Elicitation != nil &&
		(can.Elicitation.Form != nil || can.Elicitation.URL == nil) // naming no mode means forms
}

// answerOf is what the visitor did with the form; nil while they were not asked.
func answerOf(req *mcp.CallToolRequest) (*mcp.ElicitResult, error) {
	if len(req.Params.InputResponses) == 0 {
		return nil, nil //nolint:nilnil // no answer yet
	}
	answer, ok := req.Params.InputResponses[questionKey].(*mcp.ElicitResult)
	if !ok || !slices.Contains([]string{actionAccept, actionDecline, actionCancel}, answer.Action) {
		return nil, malformed("inputResponses has no answer to the question that was asked.")
	}
	return answer, nil
}

// rounds says how often the visitor was asked. It goes with the question to the
// client and comes back with the answer; whoever changes it fools nobody but their
// own visitor.
type rounds struct {
	asked int
	// began is when the visitor was asked first.
	began time.Time
}

// roundsOf is what a request tells of the questions before it.
func roundsOf(req *mcp.CallToolRequest, now time.Time) rounds {
	var asked int
	var began int64
	if _, err := fmt.Sscanf(req.Params.RequestState, "%d %d", &asked, &began); err != nil || asked < 1 {
		return rounds{began: now}
	}
	return rounds{asked: asked, began: time.UnixMilli(began).UTC()}
}

// next is what goes with one question more.
func (r rounds) next() string { return fmt.Sprintf("%d %d", r.asked+1, r.began.UnixMilli()) }

// ask makes the question to the visitor. It asks nothing where asking does not
// help: about problems that are not the visitor's, and after maxRounds. It is an error when the form cannot do without what a client's form
// cannot take.
func (t *capture) ask(ctx context.Context, in captureArguments, so rounds, problems []models.FieldError) (captured, error) {
	form, err := t.forms.PublicForm(ctx, forms.Ref{ID: in.FormID})
	if err != nil {
		return captured{}, err
	}
	if so.asked >= maxRounds {
		return captured{}, nil
	}
	known, _ := in.FormData.Object() // what is none is among the problems, and not the visitor's
	if err := missingElsewhere(form.Fields, known, problems); err != nil {
		return captured{}, err
	}
	schema := questions(form.Fields, known)
	if len(schema.Properties) == 0 || !answerable(problems, form.Fields) {
		return captured{}, nil
	}
	return captured{asks: &mcp.CallToolResult{
		InputRequests: mcp.InputRequestMap{questionKey: &mcp.ElicitParams{
			Mode: "form", Message: question(form, problems), RequestedSchema: schema,
		}},
		RequestState: so.next(),
	}}, nil
}

// question is what the visitor reads above the fields.
func question(form forms.PublicView, problems []models.FieldError) string {
	title := form.Title
	if title == "" {
		title = "Please fill this form in."
	}
	lines := []string{title}
	for _, problem := range problems {
		lines = append(lines, "• "+problem.Message)
	}
	return strings.Join(lines, "\n")
}

// answerable reports whether the visitor can mend all problems in a client's form.
func answerable(problems []models.FieldError, fields []models.Field) bool {
	return !slices.ContainsFunc(problems, func(problem models.FieldError) bool {
		return !slices.ContainsFunc(fields, func(field models.Field) bool {
			return problem.Field == dataPath(field) && askable(field)
		})
	})
}

func dataPath(field models.Field) string { return "formData." + field.Name }

// isEmpty reports whether there are no answers yet.
func isEmpty(formData models.Document) bool {
	known, err := formData.Object()
	return err == nil && len(known) == 0
}
