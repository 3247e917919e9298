package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/api"
)

// everything but keys is open to a key with these.
func everything() []string {
	return []string{"submit", "events", "read", "write", "replay", "export", "erase"}
}

// shopForm is a form of another agent than the other forms here.
func shopForm(name string) object {
	form := aForm(name)
	form["agentId"] = "agent_shop"
	form["webhook"] = object{"url": "https://example.com/leads"}
	return form
}

// foreign are calls about what belongs to agent_shop, by route.
func foreign(t *testing.T, s *service) map[string]struct {
	path string
	body any
} {
	t.Helper()
	shop := s.read(t, http.StatusCreated, http.MethodPost, "/v1/forms", sending(t, shopForm("shop_form")))
	form := shop["id"].(string)
	action := "/v1/forms/" + form + "/actions/" + shop["webhook"].(object)["id"].(string)
	lead := s.submit(t, object{"formId": form, "formData": object{"email": "a@b.co"}})
	delivery := s.failLead(t, lead)
	type call = struct {
		path string
		body any
	}
	return map[string]call{
		"POST /v1/forms":                               {"/v1/forms", shopForm("second")},
		"GET /v1/forms":                                {"/v1/forms?agentId=agent_shop", nil},
		"GET /v1/forms/:id":                            {"/v1/forms/" + form, nil},
		"PUT /v1/forms/:id":                            {"/v1/forms/" + form, aForm("taken_over")},
		"DELETE /v1/forms/:id":                         {"/v1/forms/" + form, nil},
		"GET /v1/forms/:id/public":                     {"/v1/forms/" + form + "/public", nil},
		"GET /v1/forms/:id/tool":                       {"/v1/forms/" + form + "/tool", nil},
		"GET /v1/forms/:id/versions":                   {"/v1/forms/" + form + "/versions", nil},
		"GET /v1/forms/:id/refusals":                   {"/v1/forms/" + form + "/refusals", nil},
		"POST /v1/forms/:id/actions/:actionId/test":    {action + "/test", object{}},
		"POST /v1/forms/:id/actions/:actionId/enable":  {action + "/enable", object{}},
		"POST /v1/forms/:id/actions/:actionId/disable": {action + "/disable", object{}},
		"GET /v1/forms/:id/secret":                     {"/v1/forms/" + form + "/secret", nil},
		"POST /v1/forms/:id/secret/rotate":             {"/v1/forms/" + form + "/secret/rotate", object{}},
		"POST /v1/forms/:id/qualify":                   {"/v1/forms/" + form + "/qualify", object{}},
		"PUT /v1/conversations/:id":                    {"/v1/conversations/conv_1", object{"agentId": "agent_shop"}},
		"GET /v1/conversations":                        {"/v1/conversations?agentId=agent_shop", nil},
		"GET /v1/conversations/:id":                    {"/v1/conversations/conv_1?agentId=agent_shop", nil},
		"POST /v1/submissions":                         {"/v1/submissions", object{"formId": form, "formData": object{"email": "a@b.co"}}},
		"GET /v1/submissions":                          {"/v1/submissions?agentId=agent_shop", nil},
		"GET /v1/submissions/:id":                      {"/v1/submissions/" + lead, nil},
		"GET /v1/submissions/:id/events":               {"/v1/submissions/" + lead + "/events", nil},
		"POST /v1/submissions/:id/client-result":       {"/v1/submissions/" + lead + "/client-result", object{"success": true}},
		"POST /v1/submissions/:id/retry":               {"/v1/submissions/" + lead + "/retry", object{}},
		"POST /v1/submissions/:id/replay":              {"/v1/submissions/" + lead + "/replay", object{}},
		"POST /v1/submissions/:id/cancel":              {"/v1/submissions/" + lead + "/cancel", object{}},
		"POST /form-submissions/submit":                {"/form-submissions/submit", object{"toolId": form, "formData": object{"email": "a@b.co"}}},
		"POST /form-submissions/client-result":         {"/form-submissions/client-result", object{"submissionId": lead, "success": true}},
		"GET /form-submissions/analytics":              {"/form-submissions/analytics?agentId=agent_shop", nil},
		"GET /tools":                                   {"/tools?agentId=agent_shop", nil},
		"POST /tools":                                  {"/tools", object{"agentId": "agent_shop", "name": "third", "formFieldsSchema": []object{{"name": "email", "type": "email"}}}},
		"GET /tools/limits":                            {"/tools/limits?agentId=agent_shop", nil},
		"GET /tools/:id":                               {"/tools/" + form, nil},
		"PUT /tools/:id":                               {"/tools/" + form, object{"name": "taken_over"}},
		"DELETE /tools/:id":                            {"/tools/" + form, nil},
		"GET /conversations":                           {"/conversations?agentId=agent_shop", nil},
		"GET /conversations/:id":                       {"/conversations/conv_1?agentId=agent_shop", nil},
		"GET /v1/undelivered":                          {"/v1/undelivered?agentId=agent_shop", nil},
		"POST /v1/undelivered/:deliveryId/dismiss":     {"/v1/undelivered/" + delivery + "/dismiss", object{"reason": "mine now"}},
	}
}

// saidOf is what a refusal says, in whichever shape the route has.
func saidOf(answer object) (code, text string) {
	if inner, compatible := answer["error"].(object); compatible {
		return strings.ToLower(inner["code"].(string)), inner["message"].(string)
	}
	return answer["code"].(string), answer["detail"].(string)
}

// TestABoundKeyReachesNothingOfAnotherAgent has a call for every route that is
// open to bound keys; all others refuse them.
func TestABoundKeyReachesNothingOfAnotherAgent(t *testing.T) {
	t.Parallel()
	s := newService(t)
	calls := foreign(t, s)
	_, bound := s.key(t, secretKey(everything(), "agent_site"))
	for _, route := range api.Routes(s.dependencies) {
		if route.Public || route.Scope == "admin" || strings.HasPrefix(route.Path, "/v1/files") || route.Path == "/mcp" {
			continue // files and tools have tests of their own
		}
		at := route.Method + " " + route.Path
		call, listed := calls[at]
		require.Equal(t, route.PerAgent, listed, "%s: add a call to foreign", at)
		if !listed {
			answer := s.callUnchecked(route.Method, strings.ReplaceAll(route.Path, ":id", "x"), as(bound)) // a body would not be read
			require.Equal(t, http.StatusForbidden, answer.Code, at)
			continue
		}
		options := []option{as(bound)}
		if call.body != nil {
			options = append(options, sending(t, call.body))
		}
		code, _ := saidOf(s.read(t, http.StatusForbidden, route.Method, call.path, options...))
		require.Equal(t, "forbidden", code, at)
	}
}

func TestABoundKeySeesAndChangesWhatIsItsAgents(t *testing.T) {
	t.Parallel()
	s := newService(t)
	foreign(t, s)
	_, bound := s.key(t, secretKey(everything(), "agent_site", "agent_other"))
	own := s.read(t, http.StatusCreated, http.MethodPost, "/v1/forms", as(bound), sending(t, aForm("own_form")))["id"].(string)
	s.read(t, http.StatusOK, http.MethodPut, "/v1/forms/"+own, as(bound), sending(t, aForm("renamed")))
	s.read(t, http.StatusForbidden, http.MethodPut, "/v1/forms/"+own, as(bound), sending(t, shopForm("given_away")))
	lead := object{"formId": own, "formData": object{"email": "a@b.co"}}
	id := s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions", as(bound), sending(t, lead))["submissionId"]
	s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+id.(string), as(bound))
	s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+own+"/secret", as(bound))
	for _, list := range []string{"/v1/forms", "/v1/submissions", "/v1/forms?agentId=agent_site", "/v1/submissions?agentId=agent_site"} {
		require.Len(t, s.read(t, http.StatusOK, http.MethodGet, list, as(bound))["data"], 1, list)
	}
	require.Empty(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/forms?agentId=agent_other", as(bound))["data"])
	require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"], 2)
}

func TestASubmitOnlyKeySubmitsAndNoMore(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	_, key := s.key(t, secretKey([]string{"submit"}, "agent_site"))
	lead := object{"formId": form, "formData": object{"email": "a@b.co"}}
	id := s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions", as(key), sending(t, lead))["submissionId"].(string)
	for _, route := range api.Routes(s.dependencies) {
		if route.Public || route.Scope == "submit" {
			continue
		}
		answer := s.callUnchecked(route.Method, strings.ReplaceAll(route.Path, ":id", id), as(key)) // a body would not be read
		require.Equal(t, http.StatusForbidden, answer.Code, route.Path)
		_, text := saidOf(decoded(t, answer))
		require.Contains(t, text, `"`+route.Scope+`"`, route.Path)
	}
}

func TestTwoKeysMayChooseOneIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead := object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.co"}}
	_, one := s.key(t, secretKey([]string{"submit"}))
	_, other := s.key(t, secretKey([]string{"submit"}))
	submit := func(key string) string {
		answer := s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions", as(key), sending(t, lead), with("Idempotency-Key", "order-4711"))
		return answer["submissionId"].(string)
	}
	require.Equal(t, submit(one), submit(one))
	require.NotEqual(t, submit(one), submit(other))
	require.NotEqual(t, submit(one), submit(adminKey))
}
