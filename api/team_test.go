package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// aTeam is a team with every part written out.
func aTeam(name string) object {
	return object{
		"name": name, "emails": []any{"sales@example.com"},
		"members": []any{
			object{
				"email": "ann@example.com", "weight": 2.0, "capacity": 20.0, "timeZone": "Europe/Berlin", "away": false,
				"hours": []any{object{"days": []any{"mon", "fri"}, "from": "09:00", "to": "17:30"}},
			},
			object{"email": "bob@example.com", "weight": 1.0, "capacity": 0.0, "timeZone": "UTC", "away": true, "hours": []any{}},
		},
	}
}

// createTeam makes a team and returns its id.
func (s *service) createTeam(t *testing.T, team object) string {
	t.Helper()
	return s.read(t, http.StatusCreated, http.MethodPost, "/v1/teams", sending(t, team))["id"].(string)
}

// without leaves out what the service adds to a resource.
func without(resource object, names ...string) object {
	for _, name := range names {
		delete(resource, name)
	}
	return resource
}

func TestATeamCanBeReadEditedAndSentBack(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.createTeam(t, aTeam("sales"))
	read := s.read(t, http.StatusOK, http.MethodGet, "/v1/teams/"+id)
	require.Equal(t, id, read["id"])
	require.Equal(t, read["createdAt"], read["updatedAt"])

	read["name"] = "inbound"
	changed := s.read(t, http.StatusOK, http.MethodPut, "/v1/teams/"+id, sending(t, read))
	require.Equal(t, read["createdAt"], changed["createdAt"])
	require.Greater(t, changed["updatedAt"], read["updatedAt"])
	require.Empty(t, cmp.Diff(changed, s.read(t, http.StatusOK, http.MethodGet, "/v1/teams/"+id)))
	require.Empty(t, cmp.Diff(aTeam("inbound"), without(changed, "id", "createdAt", "updatedAt")))
}

func TestATeamShowsWhatItsOwnerLeftOut(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.createTeam(t, object{"name": "sales", "members": []any{
		object{"email": "ann@example.com", "hours": []any{object{"from": "22:00", "to": "06:00"}}},
	}})
	require.Empty(t, cmp.Diff(object{"name": "sales", "emails": []any{}, "members": []any{object{
		"email": "ann@example.com", "weight": 1.0, "capacity": 0.0, "timeZone": "UTC", "away": false,
		"hours": []any{object{"days": []any{}, "from": "22:00", "to": "06:00"}},
	}}}, without(s.read(t, http.StatusOK, http.MethodGet, "/v1/teams/"+id), "id", "createdAt", "updatedAt")))

	s.read(t, http.StatusOK, http.MethodPut, "/v1/teams/"+id, sending(t, `{"name":"nobody","emails":null,"members":null}`))
	require.Empty(t, cmp.Diff(object{"name": "nobody", "emails": []any{}, "members": []any{}},
		without(s.read(t, http.StatusOK, http.MethodGet, "/v1/teams/"+id), "id", "createdAt", "updatedAt")))
}

func TestTeamsAreListedByNamePageByPage(t *testing.T) {
	t.Parallel()
	s := newService(t)
	require.Equal(t, object{"data": []any{}, "nextCursor": nil}, s.read(t, http.StatusOK, http.MethodGet, "/v1/teams"))
	for _, name := range []string{"sales", "enterprise", "support"} {
		s.createTeam(t, aTeam(name))
	}
	var names []string
	target := "/v1/teams?limit=2"
	for {
		page := s.read(t, http.StatusOK, http.MethodGet, target)
		for _, team := range page["data"].([]any) {
			names = append(names, team.(object)["name"].(string))
			require.Len(t, team.(object)["members"], 2)
		}
		if page["nextCursor"] == nil {
			break
		}
		target = "/v1/teams?limit=2&cursor=" + page["nextCursor"].(string)
	}
	require.Equal(t, []string{"enterprise", "sales", "support"}, names)
}

func TestADeletedTeamIsGone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.createTeam(t, aTeam("sales"))
	answer := s.call(t, http.MethodDelete, "/v1/teams/"+id)
	require.Equal(t, http.StatusNoContent, answer.Code)
	require.Empty(t, answer.Body.String())
	require.Empty(t, answer.Header().Get("Content-Type"))
	s.read(t, http.StatusNotFound, http.MethodGet, "/v1/teams/"+id)
	s.read(t, http.StatusNotFound, http.MethodDelete, "/v1/teams/"+id)
}

func TestTeamRefusals(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sales := s.createTeam(t, aTeam("sales"))
	s.createTeam(t, aTeam("support"))
	s.read(t, http.StatusOK, http.MethodPut, "/v1/routing", sending(t, object{"fallbackTeam": sales}))
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	body := func(text string) []option { return []option{sending(t, text)} }

	for _, r := range []refusal{
		{"no key", post, "/v1/teams", []option{withoutKey(), sending(t, aTeam("x"))}, 401, "unauthorized", ""},
		{"no key to delete", del, "/v1/teams/" + sales, []option{withoutKey()}, 401, "unauthorized", ""},
		{"an unknown field", post, "/v1/teams", body(`{"name":"x","mail":[]}`), 400, "unknown_field", "mail"},
		{"an unknown field of a member", post, "/v1/teams", body(`{"name":"x","members":[{"mail":"a"}]}`), 400, "unknown_field", "members[0].mail"},
		{"the state of the round robin", post, "/v1/teams", body(`{"name":"x","members":[{"email":"a@example.com","taken":1}]}`), 400, "unknown_field", "members[0].taken"},
		{"a parameter of a delete", del, "/v1/teams/" + sales + "?force=1", nil, 400, "unknown_field", "force"},
		{"a text for a weight", post, "/v1/teams", body(`{"name":"x","members":[{"weight":"2"}]}`), 422, "invalid", "members.weight"},
		{"no name", post, "/v1/teams", body(`{}`), 422, "invalid", "name"},
		{"U+0000 in a name", post, "/v1/teams", body(`{"name":"a\u0000"}`), 422, "invalid", "name"},
		{"an address that is none", post, "/v1/teams", body(`{"name":"x","emails":["sales"]}`), 422, "invalid", "emails[0]"},
		{"a member twice", post, "/v1/teams", body(`{"name":"x","members":[{"email":"a@example.com"},{"email":"A@example.com"}]}`), 422, "invalid", "members[1].email"},
		{"hours that are none", post, "/v1/teams", body(`{"name":"x","members":[{"email":"a@example.com","hours":[{"from":"9","to":"17:00"}]}]}`), 422, "invalid", "members[0].hours[0].from"},
		{"a change with a problem", put, "/v1/teams/" + sales, body(`{"name":"x","members":[{"email":"a@example.com","timeZone":"CEST+1"}]}`), 422, "invalid", "members[0].timeZone"},
		{"a made-up cursor", get, "/v1/teams?cursor=!", nil, 422, "invalid", "cursor"},
		{"a limit too high", get, "/v1/teams?limit=201", nil, 422, "invalid", "limit"},
		{"an unknown team", get, "/v1/teams/team_none", nil, 404, "not_found", ""},
		{"a team whose id is no text", get, "/v1/teams/%00", nil, 404, "not_found", ""},
		{"a change of an unknown team", put, "/v1/teams/team_none", []option{sending(t, aTeam("x"))}, 404, "not_found", ""},
		{"an unknown team to delete", del, "/v1/teams/team_none", nil, 404, "not_found", ""},
		{"a name that is taken", post, "/v1/teams", []option{sending(t, aTeam("sales"))}, 409, "name_taken", ""},
		{"a change to a name that is taken", put, "/v1/teams/" + sales, []option{sending(t, aTeam("support"))}, 409, "name_taken", ""},
		{"a team that routing names", del, "/v1/teams/" + sales, nil, 409, "team_in_use", ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s.requireRefusal(t, r)
		})
	}
}

// requireRefusal makes the request and checks how it is refused.
func (s *service) requireRefusal(t *testing.T, r refusal) {
	t.Helper()
	problem := s.read(t, r.status, r.method, r.path, r.options...)
	require.Equal(t, r.code, problem["code"], "%v", problem)
	require.Equal(t, r.field, firstField(problem))
}
