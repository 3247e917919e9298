package leads_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// sample is one of the sample leads, to the form of a name.
type sample struct {
	Form string `json:"form"`
	leads.CaptureInput
}

// sampleLeads reads all of them.
func sampleLeads(t *testing.T) []sample {
	t.Helper()
	lines, err := os.ReadFile("../demo/samples/leads.ndjson")
	require.NoError(t, err)
	var samples []sample
	for line := range bytes.Lines(lines) {
		var s sample
		require.NoError(t, json.Unmarshal(line, &s))
		s.FormID = "form_" + s.Form
		samples = append(samples, s)
	}
	require.Len(t, samples, 2000)
	return samples
}

// sampleDesk knows the sample forms, and hands back what it was given.
func sampleDesk(t *testing.T) *desk {
	t.Helper()
	text, err := os.ReadFile("../demo/samples/forms.json")
	require.NoError(t, err)
	var definitions []models.FormDefinition
	require.NoError(t, json.Unmarshal(text, &definitions))
	known := map[string]store.FormRecord{}
	for _, definition := range definitions {
		id := "form_" + definition.Name
		known[id] = store.FormRecord{
			Form:    models.Form{ID: id, AgentID: "agent_1", Name: definition.Name, Version: 1, Enabled: true},
			Version: models.FormVersion{FormID: id, Version: 1, Definition: definition},
		}
	}
	d := newDesk(t)
	d.form = func(id string) (store.FormRecord, error) { return known[id], nil }
	return d
}

// hidden reports whether the form hides the date of a sample: below a budget of 1000.
func hidden(form string, data map[string]any) bool {
	budget, _ := data["budget"].(float64)
	return form == "demo_request" && budget < 1000
}

// Every sample lead is fine. What its form hides is dropped; all else is kept as it
// came.
func TestEverySampleLeadIsAccepted(t *testing.T) {
	t.Parallel()
	d := sampleDesk(t)
	dropped := 0
	for i, s := range sampleLeads(t) {
		data, completed := objectOf(t, s.FormData), slices.Clone(s.FieldsCompleted)
		if hidden(s.Form, data) {
			dropped++
			delete(data, "preferred_date")
			completed = slices.DeleteFunc(completed, func(name string) bool { return name == "preferred_date" })
		}
		d.started = nil
		lead := d.accept(t, s.CaptureInput)
		require.Empty(t, cmp.Diff(data, objectOf(t, lead.FormData)), "lead %d", i)
		require.Equal(t, completed, lead.FieldsCompleted, "lead %d", i)
		require.Equal(t, s.ImpressionAt, models.AtOrNil(lead.ImpressionAt))
		require.Equal(t, s.StartedAt, models.AtOrNil(lead.StartedAt))
		require.Equal(t, objectOf(t, s.Signals), objectOf(t, lead.Signals))
		require.Equal(t, s.ConversationID, lead.ConversationID)
		require.Equal(t, s.SessionID, lead.SessionID)
	}
	require.Equal(t, 9, dropped)
}

// fault is what can be wrong with a sample lead, and how it is told.
type fault struct {
	form    string // empty for every form
	change  map[string]any
	problem string
}

// faults break one rule each of the sample forms, as these are written.
func faults() []fault {
	return []fault{
		{"", map[string]any{"email": nil}, "formData.email required"},
		{"", map[string]any{"email": ""}, "formData.email required"},
		{"", map[string]any{"email": "ada@example"}, "formData.email email"},
		{"", map[string]any{"e_mail": "ada@example.com"}, "formData.e_mail unknown_field"},
		{"contact_form", map[string]any{"name": ""}, "formData.name required"},
		{"contact_form", map[string]any{"phone": "call me"}, "formData.phone tel"},
		{"contact_form", map[string]any{"message": fmt.Sprintf("%05001d", 0)}, "formData.message max_length"},
		{"demo_request", map[string]any{"name": nil}, "formData.name required"},
		{"demo_request", map[string]any{"budget": -1}, "formData.budget min"},
		{"demo_request", map[string]any{"budget": 1e7 + 1}, "formData.budget max"},
		{"demo_request", map[string]any{"budget": "5000"}, "formData.budget type"},
		{"demo_request", map[string]any{"company_size": "12"}, "formData.company_size option"},
		{"demo_request", map[string]any{"country": "us"}, "formData.country option"},
		{"demo_request", map[string]any{"products": []any{"api", "fax"}}, "formData.products option"},
		{"demo_request", map[string]any{"products": []any{"api", "api"}}, "formData.products duplicate"},
		{"demo_request", map[string]any{"budget": 1000, "preferred_date": "soon"}, "formData.preferred_date date"},
		{"support_ticket", map[string]any{"message": nil}, "formData.message required"},
		{"support_ticket", map[string]any{"priority": "urgent"}, "formData.priority option"},
	}
}

// Every sample lead with one fault is refused for just this.
func TestEverySampleLeadIsRefusedForAFault(t *testing.T) {
	t.Parallel()
	d := sampleDesk(t)
	d.start = func(context.Context, workflows.CaptureInput, workflows.Labels) error {
		require.Fail(t, "nothing is accepted here")
		return nil
	}
	made, turns := map[string]int{}, map[string]int{}
	for i, s := range sampleLeads(t) {
		possible := slices.DeleteFunc(faults(), func(f fault) bool { return f.form != "" && f.form != s.Form })
		broken := possible[turns[s.Form]%len(possible)]
		turns[s.Form]++
		data := objectOf(t, s.FormData)
		maps.Copy(data, broken.change)
		changed, err := models.NewDocument(data)
		require.NoError(t, err)
		s.FormData = changed
		require.Equal(t, []string{broken.problem}, d.problems(t, s.CaptureInput), "lead %d", i)
		made[broken.problem]++
	}
	for _, broken := range faults() {
		require.Positive(t, made[broken.problem], broken.problem)
	}
}

func objectOf(t *testing.T, document models.Document) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, json.Unmarshal(document, &object))
	return object
}
