package forms

import (
	"cmp"
	"fmt"

	"leadrail/internal/rules"
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
	// Honeypot is the name of an input that people do not see; empty for none.
	Honeypot string `json:"honeypot"`
	// MinFillSeconds is the shortest time in which a person fills the form in,
	// 0 to models.MaxFillSeconds.
	MinFillSeconds int `json:"minFillSeconds"`
	// ExecutionMode is "webhook", the default, "client" or "both".
	ExecutionMode models.ExecutionMode `json:"executionMode"`
	// ClientHandler names the handler in the page that does the work of the modes
	// "client" and "both"; absent in "webhook".
	ClientHandler string `json:"clientHandler"`
	// Webhook is the form's own webhook; a form may do without.
	Webhook     *ActionInput  `json:"webhook"`
	PostActions []ActionInput `json:"postActions"`
	// Qualification scores the leads; absent, all of them qualify.
	Qualification *models.QualificationRules `json:"qualification"`
	// AlertEmail is told when leads fail: one recipient, or empty for nobody.
	AlertEmail string `json:"alertEmail"`
	// Enabled is true when absent.
	Enabled *bool `json:"enabled"`

	ID        string `json:"id"`
	Version   int    `json:"version"`
	CreatedAt string `json:"createdAt"`
	UpdatedAt string `json:"updatedAt"`
}

// ActionInput is an action as its author writes it. ID, DisabledReason and
// Health are taken and ignored, as in Input.
type ActionInput struct {
	// Type is "webhook", the default.
	Type models.ActionType `json:"type"`
	// Name is unique in the form. Absent, it is made of the type and the place
	// in the list: "webhook_1".
	Name string `json:"name"`
	// When decides for each lead whether the action runs; absent means always.
	When          *models.Condition `json:"when"`
	RetrySchedule []models.Duration `json:"retrySchedule"`
	// Enabled is true when absent.
	Enabled *bool `json:"enabled"`

	// URL, Headers and Response are for a webhook.
	URL string `json:"url"`
	// Headers are sent with every request. A value of Mask keeps the stored
	// one.
	Headers map[string]string `json:"headers"`
	// Response is "json", the default, or "any".
	Response models.ResponseRule `json:"response"`

	// To, Subject and ToTeam are for an email.
	To []string `json:"to"`
	// Subject may have placeholders; empty means the default.
	Subject string `json:"subject"`
	// ToTeam adds the addresses of the team that the lead is routed to.
	ToTeam bool `json:"toTeam"`

	// WebhookURL and MessageTemplate are for a Slack message. The URL is a
	// secret: Mask keeps the stored one.
	WebhookURL string `json:"webhookUrl"`
	// MessageTemplate may have placeholders; empty means the default.
	MessageTemplate string `json:"messageTemplate"`

	ID             string      `json:"id"`
	DisabledReason string      `json:"disabledReason"`
	Health         *HealthView `json:"health"`

	// path is where the action stands in the form.
	path string
}

// Mask stands for a secret value wherever a form is shown.
const Mask = "••••••••"

// webhookName is the action name of a form's own webhook, and of no other.
const webhookName = "webhook"

// ownPath is where a form's own webhook stands in it.
const ownPath = "webhook"

// clientName is the action name of the work of a page's handler, and of no other;
// clientPath is where it stands in the form.
const (
	clientName = "client"
	clientPath = "clientHandler"
)

// mode is the execution mode with its default.
func (in *Input) mode() models.ExecutionMode { return cmp.Or(in.ExecutionMode, models.ModeWebhook) }

// actions lists the form's own webhook, if any, the work of the page, if any, and
// the post-actions with every default filled in.
func (in *Input) actions() []ActionInput {
	var all []ActionInput
	if in.Webhook != nil {
		own := *in.Webhook
		own.Name, own.path = cmp.Or(own.Name, webhookName), ownPath
		all = append(all, own)
	}
	if in.mode().InPage() {
		all = append(all, ActionInput{
			Type: models.ActionClient, Name: clientName, path: clientPath,
			RetrySchedule: []models.Duration{}, // the page does it once
		})
	}
	for i, action := range in.PostActions {
		action.path = fmt.Sprintf("postActions[%d]", i)
		action.Name = cmp.Or(action.Name, fmt.Sprintf("%s_%d", cmp.Or(action.Type, models.ActionWebhook), i+1))
		all = append(all, action)
	}
	for i := range all {
		all[i].Type = cmp.Or(all[i].Type, models.ActionWebhook)
		if all[i].Type == models.ActionWebhook {
			all[i].Response = cmp.Or(all[i].Response, presetResponse(all[i].URL))
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
		Honeypot:       in.Honeypot,
		MinFillSeconds: in.MinFillSeconds,
		ExecutionMode:  in.mode(),
		ClientHandler:  in.ClientHandler,
		Actions:        []models.Action{},
		Qualification:  rules.Normalize(in.Qualification),
	}
	for _, action := range in.actions() {
		definition.Actions = append(definition.Actions, models.Action{
			Name:            action.Name,
			Type:            action.Type,
			When:            action.When,
			Response:        action.Response,
			Subject:         action.Subject,
			ToTeam:          action.ToTeam,
			MessageTemplate: action.MessageTemplate,
			RetrySchedule:   action.RetrySchedule,
		})
	}
	return definition
}
