package models_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestWhoAsks(t *testing.T) {
	t.Parallel()
	require.Equal(t, models.Admin(), models.PrincipalOf(t.Context()), "the process itself")
	caller := models.Principal{KeyID: "key_1"}
	ctx := models.WithPrincipal(t.Context(), caller)
	require.Equal(t, caller, models.PrincipalOf(ctx))
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	require.Equal(t, caller, models.PrincipalOf(inner))
	require.Equal(t, models.Principal{}, models.PrincipalOf(models.WithPrincipal(ctx, models.Principal{})), "nobody is not the process")
}

func TestWhichAgentsAndScopesAKeyIsFor(t *testing.T) {
	t.Parallel()
	nobody := models.Principal{}
	unbound := models.Principal{KeyID: "key_1", Scopes: []models.Scope{models.ScopeRead}}
	bound := models.Principal{KeyID: "key_2", Scopes: []models.Scope{models.ScopeSubmit}, AgentIDs: []string{"agent_1", "agent_2"}}
	forbidden := func(err error) bool { return models.CodeOf(err) == models.CodeForbidden }

	require.NoError(t, models.Admin().MayAgent("agent_9"))
	require.NoError(t, unbound.MayAgent("agent_9"))
	require.NoError(t, bound.MayAgent("agent_2"))
	require.True(t, forbidden(bound.MayAgent("agent_9")))
	require.True(t, forbidden(bound.MayAgent("")))
	require.True(t, forbidden(nobody.MayAgent("agent_1")))

	for _, scope := range models.Scopes() {
		require.True(t, models.Admin().Has(scope), scope)
		require.Equal(t, scope == models.ScopeRead, unbound.Has(scope), scope)
		require.False(t, nobody.Has(scope), scope)
	}
}

func TestWhichAgentsAListIsNarrowedTo(t *testing.T) {
	t.Parallel()
	bound := models.Principal{KeyID: "key_1", AgentIDs: []string{"agent_1", "agent_2"}}
	for name, test := range map[string]struct {
		caller models.Principal
		asked  string
		want   []string
		code   models.Code
	}{
		"an unbound key for all":          {models.Admin(), "", nil, ""},
		"an unbound key for one":          {models.Admin(), "agent_9", []string{"agent_9"}, ""},
		"a bound key for all":             {bound, "", []string{"agent_1", "agent_2"}, ""},
		"a bound key for one of its own":  {bound, "agent_2", []string{"agent_2"}, ""},
		"a bound key for a foreign agent": {bound, "agent_9", nil, models.CodeForbidden},
		"nobody for all":                  {models.Principal{}, "", nil, models.CodeForbidden},
	} {
		got, err := test.caller.Agents(test.asked)
		require.Equal(t, test.code, models.CodeOf(err), name)
		require.Equal(t, test.want, got, name)
	}
}
