package api

import (
	"cmp"

	"leadrail/internal/forms"
	"leadrail/models"
)

// executionForm is the one kind of tool that there is here.
const executionForm = "form"

// toolInput is a tool as its author writes it, in either spelling of the product's
// documentation. What is absent, or null, stays as it is.
type toolInput struct {
	AgentID     *string `json:"agentId"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
	IsEnabled   *bool   `json:"isEnabled"`

	ExecutionType *string     `json:"executionType"`
	FormSchema    *toolSchema `json:"formSchema"`

	Type             *string        `json:"type"`
	FormFieldsSchema []models.Field `json:"formFieldsSchema"`

	// FormWebhookURL is the form's own webhook; the empty text takes it away.
	FormWebhookURL    *string               `json:"formWebhookUrl"`
	FormExecutionMode *models.ExecutionMode `json:"formExecutionMode"`
	// ClientHandler is ours. A tool without one has a handler of its own name.
	ClientHandler   *string      `json:"clientHandler"`
	FormPostActions []toolAction `json:"formPostActions"`
}

// toolSchema is what the visitor sees of a tool.
type toolSchema struct {
	Title *string `json:"title"`
	// Description counts where the tool has none.
	Description      *string        `json:"description"`
	Fields           []models.Field `json:"fields"`
	SubmitLabel      *string        `json:"submitLabel"`
	SubmitButtonText *string        `json:"submitButtonText"`
	SuccessMessage   *string        `json:"successMessage"`
	ErrorMessage     *string        `json:"errorMessage"`
}

// apply makes a form of what is given.
func (t toolInput) apply(form *forms.Input) error {
	if err := cmp.Or(isForm("executionType", t.ExecutionType), isForm("type", t.Type)); err != nil {
		return err
	}
	give(&form.AgentID, t.AgentID)
	give(&form.Name, t.Name)
	give(&form.Description, t.Description)
	if t.IsEnabled != nil {
		form.Enabled = t.IsEnabled
	}
	if t.FormFieldsSchema != nil {
		form.Fields = t.FormFieldsSchema
	}
	if t.FormSchema != nil {
		t.FormSchema.apply(form)
	}
	t.applyMode(form)
	if t.FormPostActions != nil {
		form.PostActions = mergeActions(form.PostActions, t.FormPostActions)
	}
	return nil
}

// isForm is the error of a tool of another kind.
func isForm(name string, kind *string) error {
	if kind == nil || *kind == executionForm {
		return nil
	}
	return models.InvalidField(name, "unsupported", `Tools of this service are forms: send "form".`)
}

func (s toolSchema) apply(form *forms.Input) {
	give(&form.Title, s.Title)
	if s.Description != nil && form.Description == "" {
		form.Description = *s.Description
	}
	if s.Fields != nil {
		form.Fields = s.Fields
	}
	give(&form.SubmitLabel, s.SubmitButtonText)
	give(&form.SubmitLabel, s.SubmitLabel)
	give(&form.SuccessMessage, s.SuccessMessage)
	give(&form.ErrorMessage, s.ErrorMessage)
}

// applyMode keeps the webhook and the handler to what the mode has.
func (t toolInput) applyMode(form *forms.Input) {
	if t.FormWebhookURL != nil {
		own := forms.ActionInput{}
		if form.Webhook != nil {
			own = *form.Webhook
		}
		own.URL, form.Webhook = *t.FormWebhookURL, &own
		if own.URL == "" {
			form.Webhook = nil
		}
	}
	give(&form.ExecutionMode, t.FormExecutionMode)
	give(&form.ClientHandler, t.ClientHandler)
	switch {
	case !form.ExecutionMode.InPage():
		form.ClientHandler = ""
	case form.ExecutionMode == models.ModeClient:
		form.Webhook = nil
		fallthrough
	default:
		form.ClientHandler = cmp.Or(form.ClientHandler, form.Name)
	}
}

// give sets a value that was given.
func give[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// toolView is a form as a tool.
type toolView struct {
	ID                string               `json:"id"`
	AgentID           string               `json:"agentId"`
	Name              string               `json:"name"`
	Description       string               `json:"description"`
	ExecutionType     string               `json:"executionType"`
	FormSchema        toolSchemaView       `json:"formSchema"`
	FormPostActions   []toolActionView     `json:"formPostActions"`
	FormWebhookURL    *string              `json:"formWebhookUrl"`
	FormExecutionMode models.ExecutionMode `json:"formExecutionMode"`
	ClientHandler     *string              `json:"clientHandler"`
	IsEnabled         bool                 `json:"isEnabled"`
	CreatedAt         models.Timestamp     `json:"createdAt"`
	UpdatedAt         models.Timestamp     `json:"updatedAt"`
}

// Target is the form's id.
func (t toolView) Target() string { return t.ID }

type toolSchemaView struct {
	Title          string         `json:"title"`
	Fields         []models.Field `json:"fields"`
	SubmitLabel    string         `json:"submitLabel"`
	SuccessMessage string         `json:"successMessage"`
	ErrorMessage   string         `json:"errorMessage"`
}

func viewTool(form forms.View) toolView {
	view := toolView{
		ID: form.ID, AgentID: form.AgentID, Name: form.Name, Description: form.Description, ExecutionType: executionForm,
		FormSchema: toolSchemaView{
			Title: form.Title, Fields: form.Fields, SubmitLabel: form.SubmitLabel,
			SuccessMessage: form.SuccessMessage, ErrorMessage: form.ErrorMessage,
		},
		FormPostActions: make([]toolActionView, len(form.PostActions)), FormExecutionMode: form.ExecutionMode,
		ClientHandler: form.ClientHandler, IsEnabled: form.Enabled, CreatedAt: form.CreatedAt, UpdatedAt: form.UpdatedAt,
	}
	if form.Webhook != nil {
		view.FormWebhookURL = &form.Webhook.URL
	}
	for i, action := range form.PostActions {
		view.FormPostActions[i] = toolActionView{
			Type: action.Type, Name: action.Name, URL: action.URL, Headers: action.Headers,
			WebhookURL: action.WebhookURL, MessageTemplate: action.MessageTemplate, To: action.To, Subject: action.Subject,
		}
	}
	return view
}
