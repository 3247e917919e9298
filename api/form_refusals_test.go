package api_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBadDefinitionsAreLocated(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, richForm())
	action := func(action object) object { return object{"postActions": []object{action}} }
	for name, r := range map[string]struct {
		change      object
		status      int
		field, code string
	}{
		"a field type of nobody":         {object{"fields": []object{{"name": "a", "type": "password"}}}, 422, "fields[0].type", "unsupported"},
		"a multiselect without options":  {object{"fields": []object{{"name": "a", "type": "multiselect"}}}, 422, "fields[0].options", "required"},
		"a circle of conditions":         {object{"fields": []object{{"name": "a", "type": "text", "visibleWhen": object{"field": "a", "op": "exists"}}}}, 422, "fields[0].visibleWhen", "cycle"},
		"a condition on what is not":     {object{"fields": []object{{"name": "a", "type": "text", "visibleWhen": object{"field": "b", "op": "exists"}}}}, 422, "fields[0].visibleWhen.field", "unknown_field"},
		"a condition of two forms":       {action(object{"url": "https://x.example.com", "when": object{"all": []object{}, "field": "email"}}), 422, "postActions[0].when", "ambiguous"},
		"a rule of too many points":      {object{"qualification": object{"rules": []object{{"name": "a", "points": 99999, "when": object{"field": "email", "op": "exists"}}}}}, 422, "qualification.rules[0].points", "range"},
		"an alert to nobody in order":    {object{"alertEmail": "ops"}, 422, "alertEmail", "invalid"},
		"an email to nobody":             {action(object{"type": "email"}), 422, "postActions[0].to", "required"},
		"an email to something":          {action(object{"type": "email", "to": []string{"ann"}}), 422, "postActions[0].to[0]", "invalid"},
		"a subject of two lines":         {action(object{"type": "email", "toTeam": true, "subject": "a\nb"}), 422, "postActions[0].subject", "invalid"},
		"an email with a URL":            {action(object{"type": "email", "toTeam": true, "url": "https://x.example.com"}), 422, "postActions[0]", "unsupported"},
		"an action that is not there":    {action(object{"type": "fax", "name": "a"}), 422, "postActions[0].type", "unsupported"},
		"a name that had another type":   {action(object{"name": "hot", "url": "https://x.example.com"}), 422, "postActions[0].name", "taken"},
		"a text for recipients":          {action(object{"type": "email", "to": "ann@example.com"}), 422, "postActions.to", "type"},
		"a text for a condition":         {action(object{"type": "email", "toTeam": true, "when": "always"}), 422, "postActions.when", "type"},
		"a fraction of a point":          {object{"qualification": object{"rules": []object{{"name": "a", "points": 0.5}}}}, 422, "qualification.rules.points", "type"},
		"a misspelt part of a condition": {action(object{"type": "email", "toTeam": true, "when": object{"feild": "email"}}), 400, "postActions[0].when.feild", "unknown_field"},
		"a misspelt part of the rules":   {object{"qualification": object{"tires": []object{}}}, 400, "qualification.tires", "unknown_field"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definition := richForm()
			definition["webhook"], definition["qualification"], definition["postActions"] = nil, nil, nil
			maps.Copy(definition, r.change)
			answer := s.read(t, r.status, http.MethodPut, "/v1/forms/"+form, sending(t, definition))
			require.Len(t, answer["errors"], 1, "%v", answer)
			problem := answer["errors"].([]any)[0].(map[string]any)
			require.Equal(t, r.field, problem["field"])
			require.Equal(t, r.code, problem["code"])
		})
	}
}
