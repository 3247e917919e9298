package api

import (
	"context"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"leadrail/internal/leads"
	"leadrail/models"
)

// mcpTools is the tool table.
func mcpTools(d Dependencies) []mcpTool {
	return append(formTools(d), qualifyTool(d), captureTool(d), statusTool(d))
}

// qualifyArguments ask whether a visitor may be shown a form.
type qualifyArguments struct {
	FormID         string          `json:"formId" jsonschema:"The form's id, form_…"`
	ConversationID string          `json:"conversationId,omitempty" jsonschema:"Your id of the conversation. The answer is noted there."`
	Signals        models.Document `json:"signals,omitempty" jsonschema:"What you learnt about the visitor, such as {\"intent\":\"buy\"}; the form's rules may ask for it"`
	FormData       models.Document `json:"formData,omitempty" jsonschema:"The answers known so far, by field name. None is required yet."`
}

// qualification is leads.QualifyOutput without what it lacks for a publishable key.
type qualification struct {
	ShowForm  bool              `json:"showForm" jsonschema:"Whether to show the form to this visitor"`
	Reason    models.GateReason `json:"reason,omitempty" jsonschema:"Why, in a word"`
	Qualified *bool             `json:"qualified,omitempty" jsonschema:"What the rules say, also of a form that is switched off"`
	Score     *int              `json:"score,omitempty"`
	Tier      string            `json:"tier,omitempty"`
	Reasons   []models.Reason   `json:"reasons,omitempty" jsonschema:"What each rule that holds contributed to the score"`
}

func qualifyTool(d Dependencies) mcpTool {
	gentle, closed := false, false
	return newTool(models.ScopeSubmit, mcp.Tool{
		Name: "qualify", Title: "May this visitor be shown the form?",
		Description: "Decides by the form's own scoring rules whether to show a form to this visitor, from what is known so far. " +
			"Call it before capture_lead asks the visitor anything, and do not show the form when showForm is false.",
		// It is noted in the conversation, so it reads not only.
		Annotations: &mcp.ToolAnnotations{DestructiveHint: &gentle, IdempotentHint: true, OpenWorldHint: &closed},
	}, func(ctx context.Context, _ *mcp.CallToolRequest, in qualifyArguments) (qualification, error) {
		out, err := d.Leads.Qualify(ctx, leads.QualifyInput{
			ID: in.FormID, ConversationID: in.ConversationID, Signals: in.Signals, FormData: in.FormData,
		})
		answer := qualification{ShowForm: out.ShowForm}
		if why := out.GateOutcome; why != nil {
			answer.Reason, answer.Qualified, answer.Reasons = why.Reason, &why.Qualified, why.Reasons
			answer.Score, answer.Tier = &why.Score, why.Tier
		}
		return answer, err
	})
}

// submissionRef names a lead.
type submissionRef struct {
	SubmissionID string `json:"submissionId" jsonschema:"The lead's id, sub_…, as capture_lead answered it"`
}

func statusTool(d Dependencies) mcpTool {
	closed := false
	return newTool(models.ScopeRead, mcp.Tool{
		Name: "submission_status", Title: "What became of a lead",
		Description: "Reads a captured lead: its status, score and routing, and each delivery with its attempts. " +
			"pending and retrying go on by themselves; completed and failed are final. Ask again after some seconds, not in a loop.",
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed},
	}, func(ctx context.Context, _ *mcp.CallToolRequest, in submissionRef) (leads.Submission, error) {
		return d.Leads.Submission(ctx, leads.SubmissionRef{ID: in.SubmissionID})
	})
}
