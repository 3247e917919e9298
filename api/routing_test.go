package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// route is a rule that sends the leads for which a condition holds to a team.
func route(name, team string, when object) object {
	return object{"name": name, "team": team, "when": when}
}

// routeBy changes how leads are routed.
func (s *service) routeBy(t *testing.T, fallback any, rules ...any) object {
	t.Helper()
	return s.read(t, http.StatusOK, http.MethodPut, "/v1/routing", sending(t, object{"rules": rules, "fallbackTeam": fallback}))
}

// preview asks where a lead would go.
func (s *service) preview(t *testing.T, lead object) object {
	t.Helper()
	return s.read(t, http.StatusOK, http.MethodPost, "/v1/routing/preview", sending(t, lead))
}

// aScoredForm gives 40 points for a budget and knows the tiers warm and cold.
func aScoredForm() object {
	form := aForm("contact_form")
	form["fields"] = []object{
		{"name": "email", "type": "email", "validation": object{"required": object{"value": true}}},
		{"name": "plan", "type": "text"},
		{"name": "budget", "type": "number", "visibleWhen": object{"field": "plan", "op": "eq", "value": "pro"}},
	}
	form["qualification"] = object{
		"rules":         []object{{"name": "Budget", "points": 40, "when": object{"field": "budget", "op": "gte", "value": 5000}}},
		"tiers":         []object{{"name": "warm", "min": 40}, {"name": "cold", "min": 0}},
		"qualifiedFrom": 40,
	}
	return form
}

func TestRoutingCanBeReadEditedAndSentBack(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sales, rest := s.createTeam(t, aTeam("sales")), s.createTeam(t, aTeam("rest"))
	read := s.read(t, http.StatusOK, http.MethodGet, "/v1/routing")
	require.Empty(t, cmp.Diff(object{"rules": []any{}, "fallbackTeam": nil}, without(read, "updatedAt")))

	read["fallbackTeam"] = rest
	read["rules"] = []any{
		route("Hot", sales, object{"all": []any{object{"field": "tier", "op": "eq", "value": "hot"}, object{"not": object{"field": "signals.bot", "op": "eq", "value": true}}}}),
		route("Large", rest, object{"any": []any{object{"field": "seats", "op": "gte", "value": 100.0}, object{"field": "score", "op": "in", "value": []any{1.5, 2.0}}}}),
	}
	changed := s.read(t, http.StatusOK, http.MethodPut, "/v1/routing", sending(t, read))
	require.Empty(t, cmp.Diff(changed, s.read(t, http.StatusOK, http.MethodGet, "/v1/routing")))
	again := s.read(t, http.StatusOK, http.MethodPut, "/v1/routing", sending(t, changed))
	require.Greater(t, again["updatedAt"], changed["updatedAt"])
	require.Empty(t, cmp.Diff(read, without(again, "updatedAt")))
}

func TestATeamCanGoWhenRoutingLetsItGo(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sales := s.createTeam(t, aTeam("sales"))
	s.routeBy(t, nil, route("all", sales, object{"field": "x", "op": "exists", "value": false}))
	s.read(t, http.StatusConflict, http.MethodDelete, "/v1/teams/"+sales)
	s.routeBy(t, nil)
	require.Equal(t, http.StatusNoContent, s.call(t, http.MethodDelete, "/v1/teams/"+sales).Code)
}

func TestPreview(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aScoredForm())
	sales, rest := s.createTeam(t, aTeam("sales")), s.createTeam(t, aTeam("rest"))
	s.routeBy(t, rest,
		route("Warm", sales, object{"field": "tier", "op": "eq", "value": "warm"}),
		route("High", sales, object{"field": "score", "op": "gte", "value": 50}),
		route("Buyer", sales, object{"field": "signals.intent", "op": "eq", "value": "buy"}),
		route("Seats", sales, object{"field": "seats", "op": "gte", "value": 100}),
	)
	const fallback = "no rule matched, so the fallback team takes it"
	answer := func(score float64, tier string, qualified bool, team, reason string) object {
		return object{"score": score, "tier": tier, "qualified": qualified, "team": team, "reasons": []any{reason}}
	}
	for name, c := range map[string]struct {
		lead, want object
	}{
		"nothing known":            {object{}, answer(0, "", true, "rest", fallback)},
		"data without a form":      {object{"formData": object{"seats": 120}}, answer(0, "", true, "sales", `rule "Seats" matched`)},
		"signals":                  {object{"signals": object{"intent": "buy"}}, answer(0, "", true, "sales", `rule "Buyer" matched`)},
		"a score without a form":   {object{"score": 60}, answer(60, "", true, "sales", `rule "High" matched`)},
		"a form's score":           {object{"formId": form, "formData": object{"plan": "pro", "budget": 5000}}, answer(40, "warm", true, "sales", `rule "Warm" matched`)},
		"not enough for the form":  {object{"formId": form, "formData": object{"plan": "pro", "budget": 4999}}, answer(0, "cold", false, "rest", fallback)},
		"a field that is hidden":   {object{"formId": form, "formData": object{"plan": "free", "budget": 5000}}, answer(0, "cold", false, "rest", fallback)},
		"a score for the form":     {object{"formId": form, "score": 45}, answer(45, "warm", true, "sales", `rule "Warm" matched`)},
		"a score below all tiers":  {object{"formId": form, "score": -1}, answer(-1, "", false, "rest", fallback)},
		"nulls for what is absent": {object{"formData": nil, "signals": nil, "score": nil}, answer(0, "", true, "rest", fallback)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, cmp.Diff(c.want, s.preview(t, c.lead)))
		})
	}
}

func TestAPreviewWithoutRoutingHasNoTeam(t *testing.T) {
	t.Parallel()
	require.Empty(t, cmp.Diff(object{
		"score": 0.0, "tier": "", "qualified": true, "team": nil, "reasons": []any{"there are no rules and there is no fallback team"},
	}, newService(t).preview(t, object{})))
}

func TestAPreviewAssignsNobody(t *testing.T) {
	t.Parallel()
	s := newService(t)
	team := s.createTeam(t, aTeam("sales"))
	s.routeBy(t, team)
	before, err := s.store.Team(t.Context(), team)
	require.NoError(t, err)
	require.Equal(t, "sales", s.preview(t, object{})["team"])
	after, err := s.store.Team(t.Context(), team)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(before, after))
	require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"])
}

func TestRoutingRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aScoredForm())
	sales := s.createTeam(t, aTeam("sales"))
	rule := func(name, team, when string) []option {
		return []option{sending(t, `{"rules":[{"name":"`+name+`","team":"`+team+`","when":`+when+`}]}`)}
	}
	body := func(text string) []option { return []option{sending(t, text)} }
	put, post := http.MethodPut, http.MethodPost
	const routing, preview, sound = "/v1/routing", "/v1/routing/preview", `{"field":"x","op":"exists"}`

	for _, r := range []refusal{
		{"no key", http.MethodGet, routing, []option{withoutKey()}, 401, "unauthorized", ""},
		{"no key for a change", put, routing, []option{withoutKey(), sending(t, object{})}, 401, "unauthorized", ""},
		{"no key for a preview", post, preview, []option{withoutKey(), sending(t, object{})}, 401, "unauthorized", ""},
		{"an unknown field", put, routing, body(`{"rule":[]}`), 400, "unknown_field", "rule"},
		{"an unknown part of a condition", put, routing, rule("a", sales, `{"fields":"x"}`), 400, "unknown_field", "rules[0].when.fields"},
		{"a text for a list", put, routing, body(`{"rules":"all"}`), 422, "invalid", "rules"},
		{"no name", put, routing, rule("", sales, sound), 422, "invalid", "rules[0].name"},
		{"no team", put, routing, rule("a", "", sound), 422, "invalid", "rules[0].team"},
		{"a team by its name", put, routing, rule("a", "sales", sound), 422, "invalid", "rules[0].team"},
		{"an unknown fallback", put, routing, body(`{"fallbackTeam":"team_none"}`), 422, "invalid", "fallbackTeam"},
		{"no condition", put, routing, rule("a", sales, `{}`), 422, "invalid", "rules[0].when"},
		{"a bad condition", put, routing, rule("a", sales, `{"any":[{"field":"score","op":"gte","value":"high"}]}`), 422, "invalid", "rules[0].when.any[0].value"},
		{"U+0000 in a condition", put, routing, rule("a", sales, `{"field":"x","op":"eq","value":"a\u0000"}`), 422, "invalid", "rules[0].when.value"},
		{"another method", post, routing, body(`{}`), 405, "method_not_allowed", ""},

		{"an unknown field of a lead", post, preview, body(`{"data":{}}`), 400, "unknown_field", "data"},
		{"a list for data", post, preview, body(`{"formData":[]}`), 422, "invalid", "formData"},
		{"a text for signals", post, preview, body(`{"signals":"hot"}`), 422, "invalid", "signals"},
		{"a score in words", post, preview, body(`{"score":"high"}`), 422, "invalid", "score"},
		{"a score beyond all", post, preview, body(`{"score":2000001}`), 422, "invalid", "score"},
		{"a field that the form lacks", post, preview, body(`{"formId":"` + form + `","formData":{"seats":5}}`), 422, "invalid", "formData.seats"},
		{"a value that the form refuses", post, preview, body(`{"formId":"` + form + `","formData":{"email":"ada"}}`), 422, "invalid", "formData.email"},
		{"an unknown form", post, preview, body(`{"formId":"form_none"}`), 404, "not_found", ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s.requireRefusal(t, r)
		})
	}
}
