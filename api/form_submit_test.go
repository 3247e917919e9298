package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestALeadIsHeldToItsForm(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, richForm())
	for name, c := range map[string]struct {
		data, signals   object
		claimed         []string
		kept            object
		fieldsCompleted []any
	}{
		"fields of every type": {
			data:            object{"email": "ada@example.com", "phone": "+49 30 1234567", "plan": "free", "seats": 20, "tools": []string{"api"}, "day": "2026-11-22", "note": "Hi"},
			kept:            object{"email": "ada@example.com", "phone": "+49 30 1234567", "plan": "free", "seats": 20.0, "tools": []any{"api"}, "day": "2026-11-22", "note": "Hi"},
			fieldsCompleted: []any{"email", "phone", "plan", "seats", "tools", "day", "note"},
		},
		"what is hidden is dropped": {
			data: object{"email": "ada@example.com", "phone": "555 0100", "seats": 19, "day": "soon", "note": 7}, claimed: []string{"day", "seats", "email"},
			kept: object{"email": "ada@example.com", "phone": "555 0100", "seats": 19.0}, fieldsCompleted: []any{"seats", "email"},
		},
		"a signal hides": {
			data: object{"email": "ada@example.com", "seats": 20, "day": "2026-11-22"}, signals: object{"urgent": true},
			kept: object{"email": "ada@example.com", "seats": 20.0}, fieldsCompleted: []any{"email", "seats"},
		},
		"nothing chosen": {
			data: object{"email": "ada@example.com", "tools": []string{}, "note": "no phone"},
			kept: object{"email": "ada@example.com", "note": "no phone"}, fieldsCompleted: []any{"email", "note"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lead := object{"formId": form, "formData": c.data, "signals": c.signals, "fieldsCompleted": c.claimed}
			stored := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+s.submit(t, lead))
			require.Empty(t, cmp.Diff(c.kept, stored["formData"]))
			require.Empty(t, cmp.Diff(c.fieldsCompleted, stored["fieldsCompleted"]))
		})
	}
}

func TestALeadThatBreaksItsForm(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, richForm())
	answer := s.read(t, http.StatusUnprocessableEntity, http.MethodPost, "/v1/submissions", sending(t, object{
		"formId": form, "fieldsCompleted": []string{"email", "fax"}, "signals": object{"urgent": false},
		"formData": object{"phone": "call me", "plan": "gold", "seats": 500.6, "tools": []string{"api", "fax"}, "day": "tomorrow", "fax": "1"},
	}))
	var found []string
	for _, entry := range answer["errors"].([]any) {
		problem := entry.(map[string]any)
		found = append(found, problem["field"].(string)+" "+problem["code"].(string))
	}
	require.Equal(t, []string{
		"formData.fax unknown_field", "formData.email required", "formData.phone tel", "formData.plan option",
		"formData.seats max", "formData.tools option", "formData.day date", "fieldsCompleted[1] unknown_field",
	}, found)
}
