package demo

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed samples/forms.json
var formSamples []byte

//go:embed samples/leads.ndjson
var leadSamples []byte

// sampleForms are the sample forms as the API takes them, with webhooks and
// Slack messages to receiverURL.
func sampleForms(receiverURL string) ([]map[string]any, error) {
	var samples []map[string]any
	if err := json.Unmarshal(formSamples, &samples); err != nil {
		return nil, fmt.Errorf("sample forms: %w", err)
	}
	for _, form := range samples {
		if own, ok := form["webhook"].(map[string]any); ok {
			own["url"] = receiverURL
		}
		actions, _ := form["postActions"].([]any)
		for _, action := range actions {
			if action, ok := action.(map[string]any); ok && action["type"] == "slack" {
				action["webhookUrl"] = receiverURL
			}
		}
	}
	return samples, nil
}

// sampleLead is a submission to the form of this name. The body has no formId.
type sampleLead struct {
	form string
	body map[string]any
}

// sampleLeads are all sample leads.
func sampleLeads() ([]sampleLead, error) {
	var leads []sampleLead
	for line := range bytes.Lines(leadSamples) {
		var body map[string]any
		if err := json.Unmarshal(line, &body); err != nil {
			return nil, fmt.Errorf("sample leads: %w", err)
		}
		form, _ := body["form"].(string)
		for _, key := range []string{"form", "agentId", "submittedAt"} { // see samples/README.md
			delete(body, key)
		}
		leads = append(leads, sampleLead{form, body})
	}
	return leads, nil
}
