package api

import (
	"context"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"leadrail/internal/forms"
	"leadrail/models"
)

// listFormsInput selects forms.
type listFormsInput struct {
	AgentID string `json:"agentId,omitempty" jsonschema:"Forms of this agent only. A publishable key that is not bound to agents must name one."`
	Limit   int    `json:"limit,omitempty" jsonschema:"At most this many, 1 to 200; 50 when absent"`
	Cursor  string `json:"cursor,omitempty" jsonschema:"nextCursor of the page before, unchanged"`
}

// formList is a page of forms, in a few words each.
type formList struct {
	Forms      []formSummary `json:"forms"`
	NextCursor *string       `json:"nextCursor" jsonschema:"Get the next page with it; null on the last page"`
}

type formSummary struct {
	FormID      string `json:"formId" jsonschema:"Names the form in the other tools"`
	Name        string `json:"name"`
	Title       string `json:"title" jsonschema:"What the visitor sees above the form"`
	Description string `json:"description" jsonschema:"When to show the form"`
	Enabled     bool   `json:"enabled" jsonschema:"False for a form that takes no submissions now"`
}

// formRef names a form.
type formRef struct {
	FormID string `json:"formId" jsonschema:"The form's id, form_…"`
}

// formDetail is a form for those who fill it in.
type formDetail struct {
	Form           forms.PublicView  `json:"form" jsonschema:"What the visitor may see of the form"`
	FormDataSchema *forms.JSONSchema `json:"formDataSchema" jsonschema:"The JSON Schema of formData, for qualify and capture_lead"`
}

// formTools are those that look at forms.
func formTools(d Dependencies) []mcpTool {
	closed := false
	look := &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed}
	return []mcpTool{
		newTool(models.ScopeSubmit, mcp.Tool{
			Name: "list_forms", Title: "List lead forms", Annotations: look,
			Description: "Lists the lead forms that can be shown to visitors, newest first: the id, the name, and when to show each. " +
				"Use it to find the form that fits the conversation, then get_form for its fields.",
		}, func(ctx context.Context, _ *mcp.CallToolRequest, in listFormsInput) (formList, error) {
			page, err := d.Forms.PublicForms(ctx, forms.ListInput{AgentID: in.AgentID, Limit: in.Limit, Cursor: in.Cursor})
			return listOf(page), err
		}),
		newTool(models.ScopeSubmit, mcp.Tool{
			Name: "get_form", Title: "Get a lead form", Annotations: look,
			Description: "Gets one lead form: its fields with labels, choices and rules, and the JSON Schema that formData of capture_lead must follow. " +
				"A field with visibleWhen is only asked while that condition holds.",
		}, func(ctx context.Context, _ *mcp.CallToolRequest, in formRef) (formDetail, error) {
			form, err := d.Forms.PublicForm(ctx, forms.Ref{ID: in.FormID})
			// It is for pages, which hide an input of that name. A model would fill it in.
			form.Honeypot = ""
			return formDetail{Form: form, FormDataSchema: dataSchema(form)}, err
		}),
	}
}

func listOf(page models.Page[forms.PublicView]) formList {
	list := formList{Forms: make([]formSummary, len(page.Data)), NextCursor: page.NextCursor}
	for i, form := range page.Data {
		list.Forms[i] = formSummary{
			FormID: form.ID, Name: form.Name, Title: form.Title, Description: form.Description, Enabled: form.Enabled,
		}
	}
	return list
}

// dataSchema is the JSON Schema of a form's data.
func dataSchema(form forms.PublicView) *forms.JSONSchema {
	return forms.Schema(models.FormDefinition{
		Name: form.Name, Title: form.Title, Description: form.Description, Fields: form.Fields,
	})
}
