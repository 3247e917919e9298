package forms

import (
	"context"
	"strconv"

	"leadrail/internal/store"
	"leadrail/models"
)

// View is a form as its owner sees it: the newest version, with secrets
// masked. It can be edited and sent back.
type View struct {
	ID             string         `json:"id"`
	Version        int            `json:"version"`
	AgentID        string         `json:"agentId"`
	Name           string         `json:"name"`
	Title          string         `json:"title"`
	Description    string         `json:"description"`
	Fields         []models.Field `json:"fields"`
	SubmitLabel    string         `json:"submitLabel"`
	SuccessMessage string         `json:"successMessage"`
	ErrorMessage   string         `json:"errorMessage"`
	Honeypot       string         `json:"honeypot"`
	MinFillSeconds int            `json:"minFillSeconds"`
	// ExecutionMode says who does the work; ClientHandler is null for "webhook".
	ExecutionMode models.ExecutionMode `json:"executionMode"`
	ClientHandler *string              `json:"clientHandler"`
	Webhook       *ActionView          `json:"webhook"`
	PostActions   []ActionView         `json:"postActions"`
	// Qualification has its tiers sorted, highest first.
	Qualification *models.QualificationRules `json:"qualification"`
	AlertEmail    string                     `json:"alertEmail"`
	Enabled       bool                       `json:"enabled"`
	CreatedAt     models.Timestamp           `json:"createdAt"`
	UpdatedAt     models.Timestamp           `json:"updatedAt"`
}

// Target is the form's id.
func (v View) Target() string { return v.ID }

// ActionView is an action as the form's owner sees it, without what its type
// does not have.
type ActionView struct {
	ID            string            `json:"id"`
	Type          models.ActionType `json:"type"`
	Name          string            `json:"name"`
	When          *models.Condition `json:"when,omitempty"`
	RetrySchedule []models.Duration `json:"retrySchedule"`
	Enabled       bool              `json:"enabled"`
	// DisabledReason says why an action is off: its endpoint was gone, or what
	// somebody gave as the reason.
	DisabledReason string `json:"disabledReason,omitempty"`
	// Health is nil for an action that was never used.
	Health *HealthView `json:"health"`

	// Of a webhook. Headers have their values masked.
	URL      string              `json:"url,omitempty"`
	Headers  map[string]string   `json:"headers,omitzero"`
	Response models.ResponseRule `json:"response,omitempty"`

	// Of an email.
	To      []string `json:"to,omitzero"`
	Subject string   `json:"subject,omitempty"`
	ToTeam  bool     `json:"toTeam,omitempty"`

	// Of a Slack message. The URL is masked.
	WebhookURL      string `json:"webhookUrl,omitempty"`
	MessageTemplate string `json:"messageTemplate,omitempty"`
}

// HealthView is how the endpoint of an action answered lately.
type HealthView struct {
	// LastSuccessAt is nil where no attempt ever delivered.
	LastSuccessAt *models.Timestamp `json:"lastSuccessAt"`
	// FailingSince is the first failure after the last success; nil while the
	// newest attempt is a success.
	FailingSince *models.Timestamp `json:"failingSince"`
	Attempts24h  int               `json:"attempts24h"`
	Failures24h  int               `json:"failures24h"`
}

// VersionView is one version of a form's definition.
type VersionView struct {
	Version    int                   `json:"version"`
	CreatedAt  models.Timestamp      `json:"createdAt"`
	Definition models.FormDefinition `json:"definition"`
}

// ETag returns the entity tag of a form at a version, for If-Match.
func ETag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// ETag returns the form's entity tag.
func (v View) ETag() string { return ETag(v.Version) }

func viewVersion(row models.FormVersion) VersionView {
	return VersionView{Version: row.Version, CreatedAt: models.At(row.CreatedAt), Definition: row.Definition}
}

func viewHealth(health store.ActionHealth) *HealthView {
	return &HealthView{
		LastSuccessAt: models.AtOrNil(health.LastSuccessAt),
		FailingSince:  models.AtOrNil(health.FailingSince),
		Attempts24h:   health.Attempts24h,
		Failures24h:   health.Failures24h,
	}
}

// views makes views of forms, with the health of all their actions.
func (s *Service) views(ctx context.Context, records ...store.FormRecord) ([]View, error) {
	var actions []string
	for _, record := range records {
		for _, action := range record.Version.Definition.Actions {
			actions = append(actions, action.ID)
		}
	}
	health, err := s.Store.ActionHealth(ctx, actions, s.Now())
	if err != nil {
		return nil, err
	}
	views := make([]View, len(records))
	for i, record := range records {
		if views[i], err = s.view(record, health); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// viewOne is views of one form.
func (s *Service) viewOne(ctx context.Context, record store.FormRecord) (View, error) {
	views, err := s.views(ctx, record)
	if err != nil {
		return View{}, err
	}
	return views[0], nil
}

func (s *Service) view(record store.FormRecord, health map[string]store.ActionHealth) (View, error) {
	definition := record.Version.Definition
	view := View{
		ID:             record.Form.ID,
		Version:        record.Form.Version,
		AgentID:        record.Form.AgentID,
		Name:           record.Form.Name,
		Title:          definition.Title,
		Description:    definition.Description,
		Fields:         definition.Fields,
		SubmitLabel:    definition.SubmitLabel,
		SuccessMessage: definition.SuccessMessage,
		ErrorMessage:   definition.ErrorMessage,
		Honeypot:       definition.Honeypot,
		MinFillSeconds: definition.MinFillSeconds,
		ExecutionMode:  definition.Mode(),
		ClientHandler:  orNil(definition.ClientHandler),
		PostActions:    []ActionView{},
		Qualification:  definition.Qualification,
		AlertEmail:     record.Form.AlertEmail,
		Enabled:        record.Form.Enabled,
		CreatedAt:      models.At(record.Form.CreatedAt),
		UpdatedAt:      models.At(record.Form.UpdatedAt),
	}
	live := map[string]models.Destination{}
	for _, destination := range record.Destinations {
		live[destination.ActionID] = destination
	}
	for _, action := range definition.Actions {
		if action.Type == models.ActionClient {
			continue // clientHandler stands for it
		}
		shown, err := s.viewAction(action, live[action.ID])
		if err != nil {
			return View{}, err
		}
		if found, used := health[action.ID]; used {
			shown.Health = viewHealth(found)
		}
		if action.Name == webhookName {
			view.Webhook = &shown
			continue
		}
		view.PostActions = append(view.PostActions, shown)
	}
	return view, nil
}

func (s *Service) viewAction(action models.Action, live models.Destination) (ActionView, error) {
	shown := ActionView{
		ID:              action.ID,
		Type:            action.Type,
		Name:            action.Name,
		When:            action.When,
		RetrySchedule:   action.Schedule(),
		Enabled:         live.Enabled,
		DisabledReason:  live.DisabledReason,
		To:              live.Recipients,
		Subject:         action.Subject,
		ToTeam:          action.ToTeam,
		MessageTemplate: action.MessageTemplate,
	}
	if action.Type == models.ActionSlack {
		shown.WebhookURL = Mask
	}
	if action.Type != models.ActionWebhook {
		return shown, nil
	}
	headers, err := s.openHeaders(live)
	if err != nil {
		return ActionView{}, err
	}
	for name := range headers {
		headers[name] = Mask
	}
	shown.URL, shown.Headers, shown.Response = live.URL, headers, action.Response
	return shown, nil
}
