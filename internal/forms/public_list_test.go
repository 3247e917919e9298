package forms_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

func TestFormsOfAnAgentAreListedForItsPages(t *testing.T) {
	t.Parallel()
	s, _ := newService(t)
	for _, form := range []struct{ agent, name string }{{"site", "first"}, {"site", "second"}, {"other", "third"}} {
		create(t, s, `{"agentId":"`+form.agent+`","name":"`+form.name+`","fields":[{"name":"email","type":"email"}]}`)
	}
	page := models.Principal{KeyID: "key_1", Kind: models.KeyPublishable, Scopes: []models.Scope{models.ScopeSubmit}}
	bound := page
	bound.AgentIDs = []string{"site"}
	server := models.Principal{KeyID: "key_2", Kind: models.KeySecret, Scopes: []models.Scope{models.ScopeSubmit}}
	for name, c := range map[string]struct {
		caller models.Principal
		agent  string
		want   []string
		code   models.Code
	}{
		"all, on a server":              {server, "", []string{"third", "second", "first"}, ""},
		"an agent's, on a server":       {server, "site", []string{"second", "first"}, ""},
		"an agent's, in a page":         {page, "other", []string{"third"}, ""},
		"all, in a page":                {page, "", nil, models.CodeInvalid},
		"all, in a page of an agent":    {bound, "", []string{"second", "first"}, ""},
		"another's in a page of one":    {bound, "other", nil, models.CodeForbidden},
		"those of an agent without any": {page, "nobody", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := s.PublicForms(models.WithPrincipal(t.Context(), c.caller), forms.ListInput{AgentID: c.agent})
			require.Equal(t, c.code, models.CodeOf(err))
			var names []string
			for _, form := range got.Data {
				names = append(names, form.Name)
			}
			require.Equal(t, c.want, names)
		})
	}
}
