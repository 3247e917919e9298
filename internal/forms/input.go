package forms

import (
	"fmt"

	"leadrail/models"
)

// Input is a form as its author writes it. ID, Version, CreatedAt and
// UpdatedAt are taken and ignored, so that a form that was read can be edited
// and sent back.
type Input struct {
	AgentID        string         `json:"agentId"`
	Name           string         `json:"name"`
	Title          string         `json:"title"`
	Description    string         `json:"description"`
	Fields         []models.Field `json:"fields"`
	SubmitLabel    string         `json:"submitLabel"`
	SuccessMessage string         `json:"successMessage"`
	ErrorMessage   string         `json:"errorMessage"`
	// ExecutionMode is "webhook", the default.
	ExecutionMode string `json:"executionMode"`
	// Webhook is the form's own webhook; a form may do without.
	Webhook     *ActionInput  `json:"webhook"`
	PostActions []ActionInput `json:"postActions"`
	// Enabled is true when absent.
	Enabled *bool `json:"enabled"`

	ID        string `json:"id"`
	Version   int    `json:"version"`
	CreatedAt string `json:"createdAt"`
	UpdatedAt string `json:"updatedAt"`
}

// ActionInput is an action as its author writes it. ID and DisabledReason are
// taken and ignored, as in Input.
type ActionInput struct {
	// Type is "webhook", the default.
	Type models.ActionType `json:"type"`
	// Name is unique in the form. Absent, it is made of the type and the place
	// in the list: "webhook_1".
	Name string `json:"name"`
	URL  string `json:"url"`
	// Headers are sent with every request. A value of Mask keeps the stored
	// one.
	Headers       map[string]string   `json:"headers"`
	Response      models.ResponseRule `json:"response"`
	RetrySchedule []models.Duration   `json:"retrySchedule"`
	// Enabled is true when absent.
	Enabled *bool `json:"enabled"`

	ID             string `json:"id"`
	DisabledReason string `json:"disabledReason"`

	// path is where the action stands in the form.
	path string
}

// Mask stands for a secret value wherever a form is shown.
const Mask = "••••••••"

// webhookName is the action name of a form's own webhook, and of no other.
const webhookName = "webhook"

// ownPath is where a form's own webhook stands in it.
const ownPath = "webhook"

// actions lists the form's own webhook, if any, and the post-actions with
// every default filled in.
func (in *Input) actions() []ActionInput {
	var all []ActionInput
	if in.Webhook != nil {
		own := *in.Webhook
		own.Type, own.Name, own.path = models.ActionWebhook, webhookName, ownPath
		all = append(all, own)
	}
	for i, action := range in.PostActions {
		action.path = fmt.Sprintf("postActions[%d]", i)
		if action.Type == "" {
			action.Type = models.ActionWebhook
		}
		if action.Name == "" {
			action.Name = fmt.Sprintf("%s_%d", action.Type, i+1)
		}
		all = append(all, action)
	}
	for i := range all {
		if all[i].Response == "" {
			all[i].Response = models.ResponseJSON
		}
	}
	return all
}

// enabled reads a flag that is true when absent.
func enabled(flag *bool) bool { return flag == nil || *flag }

// definition is the part of the input that has versions. Actions get their ids
// later.
func (in *Input) definition() models.FormDefinition {
	definition := models.FormDefinition{
		Name:           in.Name,
		Title:          in.Title,
		Description:    in.Description,
		Fields:         in.Fields,
		SubmitLabel:    in.SubmitLabel,
		SuccessMessage: in.SuccessMessage,
		ErrorMessage:   in.ErrorMessage,
		Actions:        []models.Action{},
	}
	for _, action := range in.actions() {
		definition.Actions = append(definition.Actions, models.Action{
			Name:          action.Name,
			Type:          action.Type,
			Response:      action.Response,
			RetrySchedule: action.RetrySchedule,
		})
	}
	return definition
}
