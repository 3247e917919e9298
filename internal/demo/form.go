package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"leadrail/internal/forms"
	"leadrail/models"
)

// agentID is the agent of the sample form.
const agentID = "agent_demo"

// Forms is what the sample form needs of the forms' use cases.
type Forms interface {
	Forms(ctx context.Context, in forms.ListInput) (models.Page[forms.View], error)
	CreateForm(ctx context.Context, in forms.Input) (forms.View, error)
	ReplaceForm(ctx context.Context, in forms.ReplaceInput) (forms.View, error)
}

// EnsureForm returns the id of the sample form, whose webhook goes to
// receiverURL. It makes the form in an empty database only. Where the form goes
// to a receiver at another address, because the API moved to another port, it
// corrects the URL and nothing else; where somebody pointed it elsewhere, it
// leaves the form alone. The id is empty where there are forms but not the
// sample.
func EnsureForm(ctx context.Context, service Forms, receiverURL string) (string, error) {
	sample := contactForm(receiverURL)
	own, err := service.Forms(ctx, forms.ListInput{AgentID: agentID})
	if err != nil {
		return "", err
	}
	for _, form := range own.Data {
		if form.Name != sample.Name {
			continue
		}
		return form.ID, follow(ctx, service, form, receiverURL)
	}
	others, err := service.Forms(ctx, forms.ListInput{Limit: 1})
	if err != nil || len(others.Data) > 0 {
		return "", err
	}
	made, err := service.CreateForm(ctx, sample)
	return made.ID, err
}

// follow points a form that goes to a receiver to where the receiver is now.
func follow(ctx context.Context, service Forms, form forms.View, receiverURL string) error {
	if form.Webhook == nil || form.Webhook.URL == receiverURL || !strings.HasSuffix(form.Webhook.URL, ReceiverPath) {
		return nil
	}
	in := forms.ReplaceInput{Ref: forms.Ref{ID: form.ID}, IfMatch: form.ETag()}
	shown, err := json.Marshal(form)
	if err != nil {
		return fmt.Errorf("edit the sample form: %w", err)
	}
	if err := json.Unmarshal(shown, &in.Input); err != nil {
		return fmt.Errorf("edit the sample form: %w", err)
	}
	in.Webhook.URL = receiverURL
	_, err = service.ReplaceForm(ctx, in)
	return err
}

func contactForm(receiverURL string) forms.Input {
	required := &models.Rule[bool]{Value: true}
	return forms.Input{
		AgentID:     agentID,
		Name:        "contact_form",
		Title:       "Contact us",
		Description: "Show when the visitor wants to talk to a person.",
		Fields: []models.Field{
			{Name: "name", Label: "Full name", Type: models.FieldText},
			{Name: "email", Label: "Email", Type: models.FieldEmail, Validation: models.Validation{Required: required}},
			{Name: "message", Label: "Message", Type: models.FieldTextarea},
		},
		SubmitLabel:    "Send",
		SuccessMessage: "Thanks! We will get back to you soon.",
		Webhook:        &forms.ActionInput{URL: receiverURL},
	}
}
