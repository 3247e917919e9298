package leads_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/rules"
	"leadrail/internal/store"
	"leadrail/models"
)

// atTheGate is a desk whose form wants a budget of 5000.
func atTheGate(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.form = func(string) (store.FormRecord, error) {
		record := aForm()
		record.Version.Definition.Qualification = &models.QualificationRules{
			Rules: []models.ScoringRule{{
				Name: "Big budget", Points: 40,
				When: models.Condition{Field: "budget", Op: "gte", Value: 5000.0},
			}},
			QualifiedFrom: 40,
		}
		return record, nil
	}
	return d
}

// A lead whose answers are all known at the gate is scored the same there.
func TestTheGateScoresAsTheLeadIsScored(t *testing.T) {
	t.Parallel()
	d := sampleDesk(t)
	shown := map[bool]int{}
	for i, s := range sampleLeads(t) {
		answer, err := d.Qualify(t.Context(), leads.QualifyInput{ID: s.FormID, Signals: s.Signals, FormData: s.FormData})
		require.NoError(t, err)
		d.started = nil
		lead := d.accept(t, s.CaptureInput)
		record, err := d.form(lead.FormID)
		require.NoError(t, err)
		score := rules.Qualify(record.Version.Definition.Qualification, rules.Facts{
			Data: objectOf(t, lead.FormData), Signals: objectOf(t, lead.Signals),
		})
		require.Equal(t, score, answer.Qualification, "lead %d", i)
		require.Equal(t, score.Qualified, answer.ShowForm)
		shown[answer.ShowForm]++
	}
	require.Positive(t, shown[true])
	require.Positive(t, shown[false])
}

func TestTheGateLooksAtWhoAsks(t *testing.T) {
	t.Parallel()
	d := atTheGate(t)
	ask := func(caller models.Principal) (leads.QualifyOutput, error) {
		return d.Qualify(models.WithPrincipal(t.Context(), caller), leads.QualifyInput{ID: "form_1", FormData: models.Document(`{"budget":5000}`)})
	}
	page := models.Principal{KeyID: "key_1", Kind: models.KeyPublishable, AgentIDs: []string{"agent_1"}}
	answer, err := ask(page)
	require.NoError(t, err)
	require.Equal(t, leads.QualifyOutput{ShowForm: true}, answer, "a page learns no more")

	answer, err = ask(models.Principal{KeyID: "key_2", Kind: models.KeySecret})
	require.NoError(t, err)
	require.Equal(t, 40, answer.Score)

	page.AgentIDs = []string{"agent_2"}
	_, err = ask(page)
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
}

// What is not a text that a person could mean counts as not known yet.
func TestTheGateMissesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.form = func(string) (store.FormRecord, error) {
		record := aForm()
		record.Version.Definition.Fields = []models.Field{
			{Name: "name", Type: models.FieldText, Validation: models.Validation{Required: &models.Rule[bool]{Value: true}}},
			{Name: "cv", Type: models.FieldFile},
		}
		return record, nil
	}
	for formData, problem := range map[string]string{
		`{}`: "", `{"name":null}`: "", `{"name":"  "}`: "", `{"name":"Ada"}`: "",
		`{"name":7}`:                         "formData.name type",
		`{"cv":"data:text/plain,hello"}`:     "formData.cv file",
		`{"cv":"data:;base64,JVBERi0xLjcK"}`: "",
	} {
		_, err := d.Qualify(t.Context(), leads.QualifyInput{ID: "form_1", FormData: models.Document(formData)})
		if problem == "" {
			require.NoError(t, err, formData)
			continue
		}
		var refused *models.Error
		require.ErrorAs(t, err, &refused, formData)
		require.Equal(t, problem, refused.Fields[0].Field+" "+refused.Fields[0].Code)
	}
}
