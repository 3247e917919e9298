package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"leadrail/internal/forms"
	"leadrail/models"
)

// toolAction is a post-action as its author writes it. The product's own words for
// an email are not known, so several are taken.
type toolAction struct {
	Type models.ActionType `json:"type"`
	// Name is ours. Absent, it is made of the type and the place in the list.
	Name string `json:"name"`

	URL             string            `json:"url"`
	Headers         map[string]string `json:"headers"`
	WebhookURL      string            `json:"webhookUrl"`
	MessageTemplate string            `json:"messageTemplate"`

	To         addressList `json:"to"`
	Recipients addressList `json:"recipients"`
	Emails     addressList `json:"emails"`
	Subject    string      `json:"subject"`
}

// addressList is addresses: a list of them, or one text with commas between them.
type addressList []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *addressList) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		return json.Unmarshal(data, (*[]string)(a))
	}
	*a = nil
	for address := range strings.SplitSeq(text, ",") {
		if address = strings.TrimSpace(address); address != "" {
			*a = append(*a, address)
		}
	}
	return nil
}

// mergeActions puts actions in the place of others. One of a known name and type
// keeps what is not given: its secrets, condition and schedule.
func mergeActions(current []forms.ActionInput, given []toolAction) []forms.ActionInput {
	merged := make([]forms.ActionInput, len(given))
	for i, action := range given {
		kind := cmp.Or(action.Type, models.ActionWebhook)
		name := cmp.Or(action.Name, fmt.Sprintf("%s_%d", kind, i+1))
		merged[i] = forms.ActionInput{Type: kind, Name: name}
		at := slices.IndexFunc(current, func(known forms.ActionInput) bool { return known.Name == name && known.Type == kind })
		if at >= 0 {
			merged[i] = current[at]
		}
		action.apply(&merged[i])
	}
	return merged
}

func (a toolAction) apply(to *forms.ActionInput) {
	switch to.Type {
	case models.ActionSlack:
		to.WebhookURL = cmp.Or(a.WebhookURL, a.URL, to.WebhookURL)
		to.MessageTemplate = cmp.Or(a.MessageTemplate, to.MessageTemplate)
	case models.ActionEmail:
		if all := slices.Concat(a.To, a.Recipients, a.Emails); len(all) > 0 {
			to.To = all
		}
		to.ToTeam = to.ToTeam || len(to.To) == 0 // the product knows to whom, here the routing does
		to.Subject = cmp.Or(a.Subject, to.Subject)
	case models.ActionWebhook, models.ActionClient:
		to.URL = cmp.Or(a.URL, a.WebhookURL, to.URL)
		if a.Headers != nil {
			to.Headers = a.Headers
		}
	}
}

// toolActionView is a post-action of a tool, without what its type does not have.
type toolActionView struct {
	Type            models.ActionType `json:"type"`
	Name            string            `json:"name"`
	URL             string            `json:"url,omitempty"`
	Headers         map[string]string `json:"headers,omitzero"`
	WebhookURL      string            `json:"webhookUrl,omitempty"`
	MessageTemplate string            `json:"messageTemplate,omitempty"`
	To              []string          `json:"to,omitzero"`
	Subject         string            `json:"subject,omitempty"`
}
