package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// inFlight is how many leads are sent at a time.
const inFlight = 16

// sampleFile reads a file of the samples that leadrail demo sends.
func sampleFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "internal", "demo", "samples", name))
	require.NoError(t, err)
	return content
}

// sample is a sample lead: the form's name, and the body of its submission.
type sample struct {
	form string
	body map[string]any
}

// readSamples reads each every-th sample lead.
func readSamples(t *testing.T, every int) []sample {
	t.Helper()
	var samples []sample
	n := 0
	for line := range bytes.Lines(sampleFile(t, "leads.ndjson")) {
		if n++; n%every != 0 {
			continue
		}
		var body map[string]any
		require.NoError(t, json.Unmarshal(line, &body))
		form, _ := body["form"].(string)
		maps.DeleteFunc(body, func(key string, _ any) bool { return key == "form" || key == "agentId" || key == "submittedAt" })
		samples = append(samples, sample{form, body})
	}
	require.NotEmpty(t, samples)
	return samples
}

func (s sample) data() map[string]any {
	data, _ := s.body["formData"].(map[string]any)
	return data
}

func (s sample) text(field string) string {
	text, _ := s.data()[field].(string)
	return text
}

func (s sample) budget() float64 {
	budget, _ := s.data()["budget"].(float64)
	return budget
}

func (s sample) signal(name string) any {
	signals, _ := s.body["signals"].(map[string]any)
	return signals[name]
}

// createSampleForms makes the sample forms, with one endpoint for all webhooks
// and one for all Slack messages, and returns their ids by name.
func (m *machine) createSampleForms(url, slackURL string) map[string]string {
	m.t.Helper()
	var forms []map[string]any
	require.NoError(m.t, json.Unmarshal(sampleFile(m.t, "forms.json"), &forms))
	ids := map[string]string{}
	for _, form := range forms {
		form["webhook"].(map[string]any)["url"] = url
		for _, action := range form["postActions"].([]any) {
			if action := action.(map[string]any); action["type"] == "slack" {
				action["webhookUrl"] = slackURL
			}
		}
		var made struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		}
		require.Equal(m.t, http.StatusCreated, m.call(http.MethodPost, "/v1/forms", form, &made))
		ids[made.Name] = made.ID
	}
	return ids
}

// createTeams makes the teams of teamWeights: enterprise for scores from 70 on,
// growth for warm leads, general for the rest.
func (m *machine) createTeams() {
	m.t.Helper()
	type object = map[string]any
	ids := map[string]string{}
	for name, weights := range teamWeights() {
		members := make([]object, len(weights))
		for i, weight := range weights {
			members[i] = object{"email": memberOf(name, i), "weight": weight}
		}
		var made struct {
			ID string `json:"id"`
		}
		team := object{"name": name, "emails": []string{name + "@example.com"}, "members": members}
		require.Equal(m.t, http.StatusCreated, m.call(http.MethodPost, "/v1/teams", team, &made))
		ids[name] = made.ID
	}
	routing := object{"fallbackTeam": ids["general"], "rules": []object{
		{"name": "big", "when": object{"field": "score", "op": "gte", "value": 70}, "team": ids["enterprise"]},
		{"name": "warm", "when": object{"field": "tier", "op": "eq", "value": "warm"}, "team": ids["growth"]},
	}}
	require.Equal(m.t, http.StatusOK, m.call(http.MethodPut, "/v1/routing", routing, nil))
}

func memberOf(team string, place int) string { return fmt.Sprintf("%s-%d@example.com", team, place) }

// sendAll posts the samples and returns the ids they got, in the same order.
func (m *machine) sendAll(samples []sample, forms map[string]string) []string {
	m.t.Helper()
	ids, statuses := make([]string, len(samples)), make([]int, len(samples))
	places := make(chan int)
	var senders sync.WaitGroup
	for range inFlight {
		senders.Go(func() {
			for i := range places {
				var accepted submission
				samples[i].body["formId"] = forms[samples[i].form]
				statuses[i] = m.call(http.MethodPost, "/v1/submissions", samples[i].body, &accepted)
				ids[i] = accepted.SubmissionID
			}
		})
	}
	for i := range samples {
		places <- i
	}
	close(places)
	senders.Wait()
	for i, status := range statuses {
		require.Equal(m.t, http.StatusAccepted, status, "lead %d", i)
	}
	return ids
}
