package forms

import (
	"net/url"
	"strings"

	"leadrail/models"
)

// plainTextHosts are automation services whose webhooks answer 2xx with words
// instead of JSON, or let their users answer with anything: Make says "Accepted",
// Zapier and n8n answer JSON unless a workflow answers by itself.
func plainTextHosts() []string {
	return []string{"make.com", "integromat.com", "zapier.com", "n8n.cloud"}
}

// presetResponse is the response rule of a webhook whose author names none: any
// 2xx for the automation services that are known, JSON for everybody else.
func presetResponse(rawURL string) models.ResponseRule {
	parsed, err := url.Parse(rawURL)
	if err != nil {
		return models.ResponseJSON
	}
	host := strings.ToLower(strings.TrimSuffix(parsed.Hostname(), "."))
	for _, known := range plainTextHosts() {
		if host == known || strings.HasSuffix(host, "."+known) {
			return models.ResponseAny
		}
	}
	return models.ResponseJSON
}
