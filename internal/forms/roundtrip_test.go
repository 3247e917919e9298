package forms_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/internal/store"
)

// everything is a form that uses all there is.
const everything = `{
	"agentId":"agent_site","name":"everything","title":"Title","description":"Description",
	"fields":[
		{"name":"email","label":"Work email","type":"email","placeholder":"you@example.com","helpText":"Help","validation":{"required":{"value":true,"message":"Please"}}},
		{"name":"plan","label":"Plan","type":"select","options":[{"label":"Free","value":"free"},{"label":"","value":"pro"}],"defaultValue":"pro"},
		{"name":"seats","type":"number","defaultValue":2.5,"validation":{"required":{"value":false},"min":{"value":0},"max":{"value":1e9,"message":"Too many"}}},
		{"name":"phone","type":"tel","region":"DE","visibleWhen":{"all":[{"field":"plan","op":"in","value":["pro","free"]},{"not":{"field":"seats","op":"lt","value":0.5}}]}},
		{"name":"tools","type":"multiselect","options":[{"label":"A","value":"a"},{"label":"B","value":"b"}],"defaultValue":["b","a"]},
		{"name":"day","type":"date","visibleWhen":{"any":[{"field":"signals.call","op":"exists","value":false},{"field":"email","op":"matches","value":"(?i)@example\\."}]}},
		{"name":"at","type":"datetime","defaultValue":"2026-11-24T10:30"},{"name":"cv","type":"file"},{"name":"photo","type":"image"},
		{"name":"code","type":"text","validation":{"pattern":{"value":"[A-Z]{2}\\d+","message":"Two capitals"}}},
		{"name":"note","type":"textarea","validation":{"minLength":{"value":0},"maxLength":{"value":5000,"message":"Too long"}}}],
	"submitLabel":"Send","successMessage":"Thanks","errorMessage":"Sorry","honeypot":"website","minFillSeconds":2,"executionMode":"webhook",
	"webhook":{"url":"https://crm.example.com/leads","headers":{"Authorization":"Bearer token","X-Kind":"lead"},"when":{"field":"qualified","op":"eq","value":true}},
	"postActions":[
		{"name":"sheet","url":"https://hooks.example.com/sheet","response":"any","retrySchedule":["1s","2h"],"enabled":false},
		{"type":"email","to":["Ann <ann@example.com>","bob@example.com"],"subject":"{{formName}}","toTeam":true,"retrySchedule":[],"when":{"field":"tier","op":"ne","value":"cold"}},
		{"type":"email","name":"team","toTeam":true}],
	"qualification":{
		"rules":[{"name":"Pro","when":{"field":"plan","op":"eq","value":"pro"},"points":40},{"name":"Free","when":{"field":"plan","op":"ne","value":"pro"},"points":-10}],
		"tiers":[{"name":"cold","min":0},{"name":"hot","min":40}],"qualifiedFrom":20},
	"alertEmail":"Ops <ops@example.com>","enabled":false}`

func TestAFormCanBeReadAndSentBack(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	made := create(t, s, everything)
	read, err := s.Form(t.Context(), forms.Ref{ID: made.ID})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(made, read))
	before, err := db.Form(t.Context(), made.ID)
	require.NoError(t, err)

	sent, err := s.ReplaceForm(t.Context(), forms.ReplaceInput{
		Ref: forms.Ref{ID: made.ID}, IfMatch: read.ETag(), Input: inputOf(t, encoded(t, read)),
	})
	require.NoError(t, err)
	require.Equal(t, 2, sent.Version)
	sameButForItsVersion := cmpopts.IgnoreFields(forms.View{}, "Version", "UpdatedAt")
	require.Empty(t, cmp.Diff(read, sent, sameButForItsVersion))

	after, err := db.Form(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, headersOf(t, s, before), headersOf(t, s, after))
	require.Equal(t, recipientsOf(before), recipientsOf(after))
}

// headersOf opens the stored headers by action name.
func headersOf(t *testing.T, s *forms.Service, record store.FormRecord) map[string]string {
	t.Helper()
	headers := map[string]string{}
	for _, destination := range record.Destinations {
		if destination.Headers != nil {
			plain, err := s.Sealer.Open(destination.Headers, destination.ActionID)
			require.NoError(t, err)
			headers[destination.Name] = string(plain)
		}
	}
	return headers
}

func recipientsOf(record store.FormRecord) map[string][]string {
	recipients := map[string][]string{}
	for _, destination := range record.Destinations {
		recipients[destination.Name] = destination.Recipients
	}
	return recipients
}

func TestWhatIsStored(t *testing.T) {
	t.Parallel()
	s, db := newService(t)
	record, err := db.Form(t.Context(), create(t, s, everything).ID)
	require.NoError(t, err)
	require.Equal(t, "Ops <ops@example.com>", record.Form.AlertEmail)
	require.Equal(t, map[string]string{"webhook": `{"Authorization":"Bearer token","X-Kind":"lead"}`}, headersOf(t, s, record))
	require.Equal(t, map[string][]string{
		"webhook": nil, "sheet": nil, "team": {}, "email_2": {"Ann <ann@example.com>", "bob@example.com"},
	}, recipientsOf(record))
	require.NotContains(t, encoded(t, record.Version), "example.com/")
	require.NotContains(t, encoded(t, record.Version), "ann@")
}

// TestAView is what an owner sees, spelt out once.
func TestAView(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	var view struct {
		Webhook       json.RawMessage   `json:"webhook"`
		PostActions   []json.RawMessage `json:"postActions"`
		Qualification json.RawMessage   `json:"qualification"`
	}
	require.NoError(t, json.Unmarshal([]byte(encoded(t, create(t, s, everything))), &view))
	for i, want := range []string{
		`{"type":"webhook","name":"sheet","url":"https://hooks.example.com/sheet","headers":{},"response":"any","retrySchedule":["1s","2h"],"enabled":false,"health":null}`,
		`{"type":"email","name":"email_2","to":["Ann <ann@example.com>","bob@example.com"],"subject":"{{formName}}","toTeam":true,
			"when":{"field":"tier","op":"ne","value":"cold"},"retrySchedule":[],"enabled":true,"health":null}`,
		`{"type":"email","name":"team","to":[],"toTeam":true,"retrySchedule":["0s","1m","5m"],"enabled":true,"health":null}`,
		`{"type":"webhook","name":"webhook","url":"https://crm.example.com/leads","headers":{"Authorization":"••••••••","X-Kind":"••••••••"},
			"response":"json","when":{"field":"qualified","op":"eq","value":true},"retrySchedule":["0s","1m","5m"],"enabled":true,"health":null}`,
		`{"rules":[{"name":"Pro","when":{"field":"plan","op":"eq","value":"pro"},"points":40},{"name":"Free","when":{"field":"plan","op":"ne","value":"pro"},"points":-10}],
			"tiers":[{"name":"hot","min":40},{"name":"cold","min":0}],"qualifiedFrom":20}`,
	} {
		got := object(t, string(slices.Concat(view.PostActions, []json.RawMessage{view.Webhook, view.Qualification})[i]))
		delete(got, "id")
		require.Empty(t, cmp.Diff(object(t, want), got))
	}
}

func TestASmallFormHasNothingExtra(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	view := create(t, s, `{"agentId":"a","name":"small","fields":[{"name":"email","type":"email"}]}`)
	got := object(t, encoded(t, view))
	delete(got, "id")
	require.Empty(t, cmp.Diff(object(t, `{"version":1,"agentId":"a","name":"small","title":"","description":"","fields":[{"name":"email","type":"email"}],
		"submitLabel":"","successMessage":"","errorMessage":"","honeypot":"","minFillSeconds":0,"executionMode":"webhook","clientHandler":null,"webhook":null,"postActions":[],"qualification":null,
		"alertEmail":"","enabled":true,"createdAt":"2026-11-22T09:30:01.000Z","updatedAt":"2026-11-22T09:30:01.000Z"}`), got))
}

func TestSampleFormsCanBeCreated(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/forms.json")
	require.NoError(t, err)
	var samples []json.RawMessage
	require.NoError(t, json.Unmarshal(text, &samples))
	require.Len(t, samples, 4)
	s, _ := newService(t)
	for _, sample := range samples {
		view := create(t, s, string(sample))
		again := replace(t, s, view.ID, encoded(t, view))
		require.Equal(t, 2, again.Version)
	}
}
