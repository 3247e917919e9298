package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestADeletedFormTakesNoMoreLeads(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	lead := object{"formId": form, "formData": object{"email": "a@b.co"}}
	first := s.call(t, http.MethodPost, "/v1/submissions", sending(t, lead), with("Idempotency-Key", "once"))
	require.Equal(t, http.StatusAccepted, first.Code)
	stored := first.Header().Get("Location")
	before := s.read(t, http.StatusOK, http.MethodGet, stored)
	versions := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form+"/versions")

	answer := s.call(t, http.MethodDelete, "/v1/forms/"+form)
	require.Equal(t, http.StatusNoContent, answer.Code)
	require.Empty(t, answer.Body.String())

	for _, gone := range []string{"", "/public"} {
		s.read(t, http.StatusNotFound, http.MethodGet, "/v1/forms/"+form+gone)
	}
	require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/forms")["data"])
	s.read(t, http.StatusNotFound, http.MethodPost, "/v1/submissions", sending(t, lead))
	s.read(t, http.StatusNotFound, http.MethodPut, "/v1/forms/"+form, sending(t, aForm("contact_form")))
	s.read(t, http.StatusNotFound, http.MethodDelete, "/v1/forms/"+form)

	require.Empty(t, cmp.Diff(before, s.read(t, http.StatusOK, http.MethodGet, stored)))
	require.Empty(t, cmp.Diff(versions, s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form+"/versions")))
	s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form+"/secret")
	again := s.call(t, http.MethodPost, "/v1/submissions", sending(t, lead), with("Idempotency-Key", "once"))
	require.Equal(t, http.StatusAccepted, again.Code)
	require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
	require.Equal(t, first.Body.String(), again.Body.String())

	require.NotEqual(t, form, s.create(t, aForm("contact_form")), "its name is free")
}

func TestDeletingFormRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	path := "/v1/forms/" + s.create(t, aForm("contact_form"))
	for _, r := range []refusal{
		{"no key", http.MethodDelete, path, []option{withoutKey()}, 401, "unauthorized", ""},
		{"an unknown form", http.MethodDelete, "/v1/forms/form_none", nil, 404, "not_found", ""},
		{"another version", http.MethodDelete, path, []option{with("If-Match", `"2"`)}, 409, "version_mismatch", ""},
		{"an unknown parameter", http.MethodDelete, path + "?force=true", nil, 400, "unknown_field", "force"},
	} {
		t.Run(r.name, func(t *testing.T) { s.requireRefusal(t, r) })
	}
	require.Equal(t, http.StatusNoContent, s.call(t, http.MethodDelete, path, with("If-Match", `"1"`)).Code)
}
