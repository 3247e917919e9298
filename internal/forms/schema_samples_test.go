package forms_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// sampleFile reads one of the samples that the demo has.
func sampleFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "demo", "samples", name))
	require.NoError(t, err)
	return text
}

// sampleForms are the sample forms by name, as they are kept.
func sampleForms(t *testing.T) map[string]models.FormDefinition {
	t.Helper()
	var texts []json.RawMessage
	require.NoError(t, json.Unmarshal(sampleFile(t, "forms.json"), &texts))
	definitions := map[string]models.FormDefinition{}
	for _, text := range texts {
		in := inputOf(t, string(text))
		definitions[in.Name] = models.FormDefinition{
			Name: in.Name, Title: in.Title, Description: in.Description, Fields: in.Fields, Qualification: in.Qualification,
			SuccessMessage: in.SuccessMessage,
		}
	}
	require.Len(t, definitions, 4)
	return definitions
}

func TestTheSchemaJudgesEverySampleLeadAsAcceptDoes(t *testing.T) {
	t.Parallel()
	schemas := map[string]judged{}
	for name, definition := range sampleForms(t) {
		schemas[name] = judge(t, definition, nil)
	}
	var seen counts
	for line := range bytes.Lines(sampleFile(t, "leads.ndjson")) {
		var lead struct {
			Form     string         `json:"form"`
			FormData map[string]any `json:"formData"`
		}
		require.NoError(t, json.Unmarshal(line, &lead))
		seen.requireSame(t, schemas[lead.Form], lead.FormData)
		for name := range lead.FormData { // and without one of its answers
			value := lead.FormData[name]
			delete(lead.FormData, name)
			seen.requireSame(t, schemas[lead.Form], lead.FormData)
			lead.FormData[name] = value
		}
	}
	require.Greater(t, seen.accepted, 2000)
	require.Greater(t, seen.refused, 1000, "without what is required")
	require.Positive(t, seen.dropped)
}
