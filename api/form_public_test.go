package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestAPageSeesTheFormAlone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := richForm()
	form["honeypot"], form["minFillSeconds"], form["enabled"] = "website", 2, false
	id := s.create(t, form)
	owned := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+id)
	want := object{}
	for _, name := range []string{
		"id", "name", "title", "description", "fields", "submitLabel", "successMessage", "errorMessage", "honeypot",
		"executionMode", "clientHandler", "enabled",
	} {
		want[name] = owned[name]
	}
	require.Equal(t, "website", want["honeypot"])
	require.Equal(t, false, want["enabled"], "one that is switched off can be read")
	require.Empty(t, cmp.Diff(want, s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+id+"/public")))
}

func TestPublicFormRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	path := "/v1/forms/" + s.create(t, aForm("contact_form")) + "/public"
	for _, r := range []refusal{
		{"no key", http.MethodGet, path, []option{withoutKey()}, 401, "unauthorized", ""},
		{"an unknown form", http.MethodGet, "/v1/forms/form_none/public", nil, 404, "not_found", ""},
		{"a parameter", http.MethodGet, path + "?version=1", nil, 400, "unknown_field", "version"},
	} {
		t.Run(r.name, func(t *testing.T) { s.requireRefusal(t, r) })
	}
}

func TestEveryTypeOfFieldIsSavedAndFilledIn(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, object{"agentId": "agent_site", "name": "every_type", "fields": []object{
		{"name": "code", "type": "text", "validation": object{"pattern": object{"value": `[A-Z]{2}\d+`, "message": "Two capitals, please."}}},
		{"name": "phone", "type": "tel", "region": "DE"},
		{"name": "at", "type": "datetime"},
	}})
	lead := object{"formId": form, "formData": object{"code": "AB12", "phone": "030 1234567", "at": "2026-11-24T10:30"}}
	stored := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+s.submit(t, lead))
	require.Empty(t, cmp.Diff(lead["formData"], stored["formData"]), "values are kept as they were sent")

	lead["formData"] = object{"code": "ab12", "phone": "110", "at": "2026-11-24", "phnoe": "x"}
	answer := s.read(t, http.StatusUnprocessableEntity, http.MethodPost, "/v1/submissions", sending(t, lead))
	require.Empty(t, cmp.Diff([]any{
		object{"field": "formData.phnoe", "code": "unknown_field", "message": `The form has no field "phnoe"; did you mean "phone"?`},
		object{"field": "formData.code", "code": "pattern", "message": "Two capitals, please."},
		object{"field": "formData.phone", "code": "tel", "message": "phone is a phone number such as +49 30 1234567."},
		object{"field": "formData.at", "code": "datetime", "message": "at is a date and a time such as 2026-11-22T09:30."},
	}, answer["errors"]))
}
