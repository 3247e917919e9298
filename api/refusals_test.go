package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// refusal is a request that is not taken, and how it is answered.
type refusal struct {
	name    string
	method  string
	path    string
	options []option
	status  int
	code    string
	// field is that of the first entry of errors.
	field string
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	off := aForm("switched_off")
	off["enabled"] = false
	disabled := s.create(t, off)
	lead := func(formID string) object { return object{"formId": formID, "formData": object{"email": "a@b.co"}} }
	get, post, put := http.MethodGet, http.MethodPost, http.MethodPut
	body := func(text string) []option { return []option{sending(t, text)} }
	object := func(value any) []option { return []option{sending(t, value)} }

	for _, r := range []refusal{
		{"no key", get, "/v1/forms", []option{withoutKey()}, 401, "unauthorized", ""},
		{"a wrong key", get, "/v1/forms", []option{with("Authorization", "Bearer lr_wrong")}, 401, "unauthorized", ""},
		{"another scheme", get, "/v1/forms", []option{with("Authorization", "Basic "+adminKey)}, 401, "unauthorized", ""},
		{"a key without its scheme", get, "/v1/forms", []option{with("Authorization", adminKey)}, 401, "unauthorized", ""},
		{"no key on a write", post, "/v1/submissions", []option{withoutKey(), sending(t, lead(form))}, 401, "unauthorized", ""},
		{"no key for a demo's webhooks", get, "/demo/receiver", []option{withoutKey()}, 401, "unauthorized", ""},

		{"an unknown path", get, "/v2/forms", nil, 404, "no_route", ""},
		{"a slash too many", get, "/v1/forms/", nil, 404, "no_route", ""},
		{"an unknown method", http.MethodPatch, "/v1/forms/" + form, nil, 405, "method_not_allowed", ""},
		{"a method of another path", put, "/v1/submissions", nil, 405, "method_not_allowed", ""},

		{"an empty body", post, "/v1/forms", body(""), 400, "malformed", ""},
		{"blanks for a body", post, "/v1/forms", body(" \n"), 400, "malformed", ""},
		{"broken JSON", post, "/v1/forms", body(`{"name":`), 400, "malformed", ""},
		{"text that is not JSON", post, "/v1/forms", body(`name=x`), 400, "malformed", ""},
		{"a list for a body", post, "/v1/forms", body(`[]`), 400, "malformed", ""},
		{"a text for a body", post, "/v1/forms", body(`"x"`), 400, "malformed", ""},
		{"null for a body", post, "/v1/forms", body(` null`), 400, "malformed", ""},
		{"a second object", post, "/v1/forms", body(`{} {}`), 400, "malformed", ""},
		{"text behind the object", post, "/v1/forms", body(`{}x`), 400, "malformed", ""},
		{"nesting without end", post, "/v1/forms", body(`{"postActions":[{"when":` + strings.Repeat(`{"all":[`, 6000)), 400, "malformed", ""},
		{"an unknown field", post, "/v1/forms", body(`{"colour":"x"}`), 400, "unknown_field", "colour"},
		{"an unknown field further in", post, "/v1/forms", body(`{"fields":[{"colour":"x"}]}`), 400, "unknown_field", "fields[0].colour"},
		{"an unknown field of a lead", post, "/v1/submissions", body(`{"formID2":"x"}`), 400, "unknown_field", "formID2"},
		{"a name in another case", post, "/v1/submissions", body(`{"FormId":"x"}`), 400, "unknown_field", "FormId"},
		{"a name twice", post, "/v1/submissions", body(`{"formId":"x","formId":"x"}`), 400, "duplicate_field", "formId"},
		{"a name twice in the data", post, "/v1/submissions", body(`{"formData":{"email":"a@b.co","email":"b@b.co"}}`), 400, "duplicate_field", "formData.email"},
		{"a name twice further in", put, "/v1/routing", body(`{"rules":[{"name":"a","name":"b"}]}`), 400, "duplicate_field", "rules[0].name"},
		{"an unknown field of a context", post, "/v1/submissions", body(`{"context":{"url":"x"}}`), 400, "unknown_field", "context.url"},
		{"an unknown field of a consent", post, "/v1/submissions", body(`{"consent":{"name":"x"}}`), 400, "unknown_field", "consent.name"},

		{"an unknown parameter", get, "/v1/submissions?state=failed", nil, 400, "unknown_field", "state"},
		{"a parameter where none is", get, "/v1/forms/" + form + "?version=1", nil, 400, "unknown_field", "version"},
		{"a parameter of a write", post, "/v1/submissions?dryRun=1", object(lead(form)), 400, "unknown_field", "dryRun"},
		{"a parameter twice", get, "/v1/submissions?limit=1&limit=2", nil, 400, "duplicate_parameter", "limit"},
		{"a parameter twice, once empty", get, "/v1/forms?agentId=&agentId=a", nil, 400, "duplicate_parameter", "agentId"},
		{"a query with a broken escape", get, "/v1/forms?agentId=%zz", nil, 400, "malformed", ""},
		{"a query with semicolons", get, "/v1/forms?limit=1;agentId=a", nil, 400, "malformed", ""},

		{"a number for a text", post, "/v1/forms", body(`{"name":7}`), 422, "invalid", "name"},
		{"a text for a list", post, "/v1/forms", body(`{"fields":"x"}`), 422, "invalid", "fields"},
		{"a text for a flag", post, "/v1/forms", body(`{"fields":[{"validation":{"required":{"value":"yes"}}}]}`), 422, "invalid", "fields.validation.required.value"},
		{"a fraction for a length", post, "/v1/forms", body(`{"fields":[{"validation":{"minLength":{"value":1.5}}}]}`), 422, "invalid", "fields.validation.minLength.value"},
		{"a bound out of range", post, "/v1/forms", body(`{"fields":[{"validation":{"min":{"value":1e400}}}]}`), 422, "invalid", "fields.validation.min.value"},
		{"a number for a wait", post, "/v1/forms", body(`{"webhook":{"retrySchedule":["1m",60]}}`), 422, "invalid", "webhook.retrySchedule"},
		{"a wait without a unit", post, "/v1/forms", body(`{"postActions":[{"retrySchedule":["60"]}]}`), 422, "invalid", "postActions.retrySchedule"},
		{"a wrong type in a change", put, "/v1/forms/" + form, body(`{"name":7}`), 422, "invalid", "name"},
		{"a word for a time", post, "/v1/submissions", body(`{"startedAt":"yesterday"}`), 422, "invalid", "startedAt"},
		{"a flag for a time", post, "/v1/submissions", body(`{"impressionAt":true}`), 422, "invalid", "impressionAt"},
		{"a time beyond the calendar", post, "/v1/submissions", body(`{"impressionAt":9223372036854775807}`), 422, "invalid", "impressionAt"},
		{"a number for a campaign", post, "/v1/submissions", body(`{"context":{"utm":{"id":7}}}`), 422, "invalid", "context.utm"},
		{"U+0000 in a title", post, "/v1/forms", body(`{"title":"a\u0000"}`), 422, "invalid", "title"},
		{"half a character in a label", post, "/v1/forms", body(`{"fields":[{"label":"\ud83d"}]}`), 422, "invalid", "fields[0].label"},
		{"half a character in a team's name", post, "/v1/teams", body(`{"name":"\ude00"}`), 422, "invalid", "name"},
		{"U+0000 in a reason", post, "/v1/submissions/sub_1/cancel", body(`{"reason":"\u0000"}`), 422, "invalid", "reason"},
		{"U+0000 in data", post, "/v1/submissions", body(`{"formId":"` + form + `","formData":{"email":"\u0000"}}`), 422, "invalid", "formData.email"},
		{"half a character in data", post, "/v1/submissions", body(`{"formId":"` + form + `","formData":{"email":"\ud83d"}}`), 422, "invalid", "formData"},
		{"half a character in signals to try", post, "/v1/routing/preview", body(`{"formId":"` + form + `","formData":{},"signals":{"a":"\ud83d"}}`), 422, "invalid", "signals"},
		{"a list for data", post, "/v1/submissions", body(`{"formId":"` + form + `","formData":[]}`), 422, "invalid", "formData"},
		{"a text for signals", post, "/v1/submissions", body(`{"formId":"` + form + `","formData":{},"signals":"hot"}`), 422, "invalid", "signals"},

		{"a limit of nothing", get, "/v1/forms?limit=-1", nil, 422, "invalid", "limit"},
		{"a limit too high", get, "/v1/submissions?limit=201", nil, 422, "invalid", "limit"},
		{"a limit in words", get, "/v1/submissions?limit=ten", nil, 422, "invalid", "limit"},
		{"a limit beyond numbers", get, "/v1/forms?limit=99999999999999999999", nil, 422, "invalid", "limit"},
		{"a made-up cursor of forms", get, "/v1/forms?cursor=abc", nil, 422, "invalid", "cursor"},
		{"a made-up cursor of leads", get, "/v1/submissions?cursor=!", nil, 422, "invalid", "cursor"},
		{"a cursor of another list", get, "/v1/submissions?cursor=ImZvcm1fMSI", nil, 422, "invalid", "cursor"},
		{"an unknown status", get, "/v1/submissions?status=done", nil, 422, "invalid", "status"},
		{"a made-up time", get, "/v1/submissions?from=now", nil, 422, "invalid", "from"},
		{"a time beyond the calendar in a filter", get, "/v1/submissions?to=-9223372036854775808", nil, 422, "invalid", "to"},
		{"U+0000 in a filter", get, "/v1/submissions?agentId=%00", nil, 422, "invalid", ""},
		{"bytes that are no text in a filter", get, "/v1/forms?agentId=%ff", nil, 422, "invalid", ""},

		{"an unknown form", get, "/v1/forms/form_none", nil, 404, "not_found", ""},
		{"a form whose id is no text", get, "/v1/forms/%00", nil, 404, "not_found", ""},
		{"versions of an unknown form", get, "/v1/forms/form_none/versions", nil, 404, "not_found", ""},
		{"a change of an unknown form", put, "/v1/forms/form_none", object(aForm("x")), 404, "not_found", ""},
		{"an unknown lead", get, "/v1/submissions/sub_none", nil, 404, "not_found", ""},
		{"a lead for an unknown form", post, "/v1/submissions", object(lead("form_none")), 404, "not_found", ""},
		{"a lead for a form whose id is no text", post, "/v1/submissions", object(lead("\x00")), 422, "invalid", "formId"},
		{"a lead for a form that is switched off", post, "/v1/submissions", object(lead(disabled)), 409, "form_disabled", ""},
		{"a name that is taken", post, "/v1/forms", object(aForm("contact_form")), 409, "name_taken", ""},
		{"a change to a name that is taken", put, "/v1/forms/" + form, object(aForm("switched_off")), 409, "name_taken", ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			answer := s.call(t, r.method, r.path, r.options...)
			require.Equal(t, r.status, answer.Code, "%s", answer.Body)
			problem := decoded(t, answer)
			require.Equal(t, r.code, problem["code"], "%s", answer.Body)
			require.Equal(t, r.field, firstField(problem))
			if r.status == http.StatusUnauthorized {
				require.Equal(t, "Bearer", answer.Header().Get("WWW-Authenticate"))
			}
		})
	}
}

func TestBodiesHaveALimit(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	fill := func(size int) string { return strings.Repeat(" ", size) }

	for name, r := range map[string]struct {
		method, path, body string
		status             int
	}{
		"a form within it":     {http.MethodPost, "/v1/forms", `{"agentId":"a","name":"big"` + fill(1<<20-100) + `,"fields":[{"name":"x","type":"text"}]}`, 201},
		"a form beyond it":     {http.MethodPost, "/v1/forms", `{` + fill(1<<20), 413},
		"a change beyond it":   {http.MethodPut, "/v1/forms/" + form, `{` + fill(1<<20), 413},
		"a lead within it":     {http.MethodPost, "/v1/submissions", `{"formId":"` + form + `"` + fill(256<<10-100) + `,"formData":{}}`, 202},
		"a lead beyond it":     {http.MethodPost, "/v1/submissions", `{"formData":"` + fill(256<<10), 413},
		"blanks in front":      {http.MethodPost, "/v1/submissions", fill(256<<10) + "{}", 413},
		"blanks behind a lead": {http.MethodPost, "/v1/submissions", "{}" + fill(256<<10), 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := s.call(t, r.method, r.path, sending(t, r.body))
			require.Equal(t, r.status, answer.Code, "%.300s", answer.Body)
			if r.status == http.StatusRequestEntityTooLarge {
				require.Equal(t, "too_large", decoded(t, answer)["code"])
			}
		})
	}
}

// firstField returns the field of the first entry of errors, "" without one.
func firstField(problem map[string]any) string {
	entries, _ := problem["errors"].([]any)
	if len(entries) == 0 {
		return ""
	}
	return entries[0].(map[string]any)["field"].(string)
}
