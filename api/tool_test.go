package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFormIsAToolForAModel(t *testing.T) {
	t.Parallel()
	s := newService(t)
	path := "/v1/forms/" + s.create(t, richForm()) + "/tool"
	_, shown := s.key(t, pageKey())
	for format, where := range map[string][]string{
		"openai": {"function", "parameters"}, "openai-responses": {"parameters"}, "anthropic": {"input_schema"}, "mcp": {"inputSchema"}, "jsonschema": nil,
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			answer := s.read(t, http.StatusOK, http.MethodGet, path+"?format="+format)
			require.Equal(t, format, answer["format"])
			require.InDelta(t, 1, answer["formVersion"], 0)
			require.Contains(t, answer["instructions"], "# Form demo_request: Book a demo")
			require.Contains(t, answer["instructions"], "/qualify")
			schema := answer["tool"].(object)
			for _, key := range where {
				schema = schema[key].(object)
			}
			require.Equal(t, "object", schema["type"])
			require.Equal(t, []any{"email"}, schema["required"])
			require.Len(t, schema["properties"], 8)
			require.Equal(t, answer, s.read(t, http.StatusOK, http.MethodGet, path+"?format="+format, as(shown), with("Origin", page)),
				"whoever may send the form in may have it")
		})
	}
}

func TestToolRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	path := "/v1/forms/" + s.create(t, aForm("contact_form")) + "/tool"
	_, reader := s.key(t, secretKey([]string{"read"}))
	for _, r := range []refusal{
		{"no key", http.MethodGet, path, []option{withoutKey()}, 401, "unauthorized", ""},
		{"a key that may not submit", http.MethodGet, path, []option{as(reader)}, 403, "forbidden", ""},
		{"an unknown form", http.MethodGet, "/v1/forms/form_none/tool", nil, 404, "not_found", ""},
		{"an unknown format", http.MethodGet, path + "?format=yaml", nil, 422, "invalid", "format"},
		{"a misspelt parameter", http.MethodGet, path + "?fromat=mcp", nil, 400, "unknown_field", "fromat"},
	} {
		t.Run(r.name, func(t *testing.T) { s.requireRefusal(t, r) })
	}
}
