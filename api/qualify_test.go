package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// scoring is a form for teams of 100 and more, and for whoever wants to buy.
func scoring() object {
	form := aForm("contact_form")
	form["fields"] = []object{
		{"name": "email", "type": "email", "validation": object{"required": object{"value": true}}},
		{"name": "seats", "type": "number", "validation": object{"max": object{"value": 500}}},
		{"name": "phone", "type": "tel", "region": "DE", "visibleWhen": object{"field": "seats", "op": "gte", "value": 20}},
	}
	form["honeypot"] = "website"
	form["qualification"] = object{
		"rules": []object{
			{"name": "Large team", "when": object{"field": "seats", "op": "gte", "value": 100}, "points": 40},
			{"name": "Wants to buy", "when": object{"field": "signals.intent", "op": "eq", "value": "buy"}, "points": 30},
			{"name": "Can be called", "when": object{"field": "phone", "op": "exists"}, "points": 5},
		},
		"tiers":         []object{{"name": "hot", "min": 70}, {"name": "warm", "min": 30}},
		"qualifiedFrom": 40,
	}
	return form
}

func TestTheGate(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, scoring())
	buy := object{"rule": "Wants to buy", "points": 30.0}
	large := object{"rule": "Large team", "points": 40.0}
	call := object{"rule": "Can be called", "points": 5.0}
	for name, c := range map[string]struct {
		known object
		want  object
	}{
		"nothing is known yet": {object{}, object{
			"showForm": false, "reason": "not_qualified", "qualified": false, "score": 0.0, "tier": "", "reasons": []any{},
		}},
		"a part": {object{"signals": object{"intent": "buy"}, "formData": nil}, object{
			"showForm": false, "reason": "not_qualified", "qualified": false, "score": 30.0, "tier": "warm", "reasons": []any{buy},
		}},
		"enough": {object{"formData": object{"seats": 100, "email": ""}}, object{
			"showForm": true, "reason": "qualified", "qualified": true, "score": 40.0, "tier": "warm", "reasons": []any{large},
		}},
		"everything": {object{"signals": object{"intent": "buy"}, "formData": object{"seats": 120, "phone": "030 1234567", "email": "ada@example.com"}}, object{
			"showForm": true, "reason": "qualified", "qualified": true, "score": 75.0, "tier": "hot", "reasons": []any{large, buy, call},
		}},
		"what is hidden does not count": {object{"signals": object{"intent": "buy"}, "formData": object{"phone": "030 1234567", "website": "x"}}, object{
			"showForm": false, "reason": "not_qualified", "qualified": false, "score": 30.0, "tier": "warm", "reasons": []any{buy},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, cmp.Diff(c.want, s.read(t, http.StatusOK, http.MethodPost, "/v1/forms/"+form+"/qualify", sending(t, c.known))))
		})
	}
}

// The gate and the score of the lead are one.
func TestTheGateOfAFormThatIsSwitchedOff(t *testing.T) {
	t.Parallel()
	s := newService(t)
	off := scoring()
	off["enabled"] = false
	answer := s.read(t, http.StatusOK, http.MethodPost, "/v1/forms/"+s.create(t, off)+"/qualify", sending(t, object{"formData": object{"seats": 100}}))
	require.Equal(t, false, answer["showForm"])
	require.Equal(t, "form_disabled", answer["reason"])
	require.Equal(t, true, answer["qualified"])
}

func TestGateRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	path := "/v1/forms/" + s.create(t, scoring()) + "/qualify"
	const post = http.MethodPost
	data := func(name string, value any) []option {
		return []option{sending(t, object{"formData": object{name: value}})}
	}
	_, reader := s.key(t, secretKey([]string{"read"}))
	for _, r := range []refusal{
		{"no key", post, path, []option{withoutKey(), sending(t, object{})}, 401, "unauthorized", ""},
		{"another scope", post, path, []option{as(reader), sending(t, object{})}, 403, "forbidden", ""},
		{"an unknown form", post, "/v1/forms/form_none/qualify", []option{sending(t, object{})}, 404, "not_found", ""},
		{"no body", post, path, nil, 400, "malformed", ""},
		{"an unknown name", post, path, []option{sending(t, object{"data": object{}})}, 400, "unknown_field", "data"},
		{"an unknown field", post, path, data("saets", 3), 422, "invalid", "formData.saets"},
		{"a wrong value", post, path, data("email", "ada"), 422, "invalid", "formData.email"},
		{"a value out of bounds", post, path, data("seats", 501), 422, "invalid", "formData.seats"},
		{"a wrong type", post, path, data("seats", "many"), 422, "invalid", "formData.seats"},
		{"no object", post, path, []option{sending(t, object{"formData": []int{1}})}, 422, "invalid", "formData"},
		{"no object of signals", post, path, []option{sending(t, object{"signals": "buy"})}, 422, "invalid", "signals"},
		{"what no database keeps", post, path, []option{sending(t, object{"signals": object{"x": "a\x00b"}})}, 422, "invalid", "signals.x"},
		{"a long id", post, path, []option{sending(t, object{"conversationId": strings.Repeat("x", 129)})}, 422, "invalid", "conversationId"},
		{"a line in an id", post, path, []option{sending(t, object{"sessionId": "a\nb"})}, 422, "invalid", "sessionId"},
	} {
		t.Run(r.name, func(t *testing.T) { s.requireRefusal(t, r) })
	}
}

func TestAPageLearnsOfTheGateWhetherToShowTheForm(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, scoring())
	_, key := s.key(t, pageKey())
	for seats, shown := range map[int]bool{100: true, 99: false} {
		answer := s.read(t, http.StatusOK, http.MethodPost, "/v1/forms/"+form+"/qualify", as(key), with("Origin", page),
			sending(t, object{"conversationId": "conv_1", "formData": object{"seats": seats}}))
		require.Equal(t, object{"showForm": shown}, answer)
	}
	s.noteDecisions(t)
	decisions := s.read(t, http.StatusOK, http.MethodGet, "/v1/conversations/conv_1")["gateDecisions"]
	require.Len(t, decisions, 2, "those who may read learn the rest")
	require.Contains(t, decisions.([]any)[0], "reasons")
}
