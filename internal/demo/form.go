package demo

import (
	"context"

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
// receiverURL. It makes the form in an empty database only; where the form
// exists with another URL, because the API moved to another port, it corrects
// the URL. The id is empty where there are forms but not the sample.
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
		if form.Webhook != nil && form.Webhook.URL != receiverURL {
			_, err = service.ReplaceForm(ctx, forms.ReplaceInput{Ref: forms.Ref{ID: form.ID}, Input: sample})
		}
		return form.ID, err
	}
	any, err := service.Forms(ctx, forms.ListInput{Limit: 1})
	if err != nil || len(any.Data) > 0 {
		return "", err
	}
	made, err := service.CreateForm(ctx, sample)
	return made.ID, err
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
