package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

func TestAutomationServicesMayAnswerWithWords(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]models.ResponseRule{
		"https://hook.eu1.make.com/abc":             models.ResponseAny,
		"https://HOOK.eu2.MAKE.com./abc":            models.ResponseAny,
		"https://hook.integromat.com/abc":           models.ResponseAny,
		"https://hooks.zapier.com/hooks/catch/1/2/": models.ResponseAny,
		"https://acme.app.n8n.cloud/webhook/lead":   models.ResponseAny,
		"https://make.com.example.com/abc":          models.ResponseJSON,
		"https://notmake.com/abc":                   models.ResponseJSON,
		"https://crm.example.com/make.com":          models.ResponseJSON,
		"://":                                       models.ResponseJSON,
	} {
		require.Equal(t, want, forms.PresetResponse(url), url)
	}
}
