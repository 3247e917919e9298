package models

import (
	"context"
	"slices"
)

// AdminID is the Principal.KeyID of the key that stands in the configuration.
const AdminID = "admin"

// Principal is who asks for something, and what it may do. The zero Principal
// may do nothing.
type Principal struct {
	// KeyID is the id of the caller's key, or AdminID.
	KeyID  string
	Kind   KeyKind
	Scopes []Scope
	// AgentIDs are the agents whose forms and leads the caller may touch; empty
	// for all.
	AgentIDs []string
	// Origins are the web pages that a publishable key works from.
	Origins []string
}

// Admin is who may do everything: the holder of the configuration's key, and
// the process itself.
func Admin() Principal {
	return Principal{KeyID: AdminID, Kind: KeySecret, Scopes: []Scope{ScopeAdmin}}
}

// Has reports whether the caller has a scope. ScopeAdmin includes all others:
// who may make keys can make one of any scope.
func (p Principal) Has(scope Scope) bool {
	return slices.Contains(p.Scopes, scope) || slices.Contains(p.Scopes, ScopeAdmin)
}

// Bound reports whether the caller is held to some agents.
func (p Principal) Bound() bool { return len(p.AgentIDs) > 0 }

// Publishable reports whether the caller may be anybody: its key stands in a
// page. It learns nothing of how a lead is scored, routed or delivered.
func (p Principal) Publishable() bool { return p.Kind == KeyPublishable }

// MayAgent returns nil when the caller may touch what belongs to the agent, else
// a forbidden error.
func (p Principal) MayAgent(agentID string) error {
	if p.KeyID != "" && (!p.Bound() || slices.Contains(p.AgentIDs, agentID)) {
		return nil
	}
	return Errorf(CodeForbidden, "The key is for other agents.")
}

// Agents returns the agents that a list is narrowed to where the caller asks for
// those of one, or with "" for all that it may see; nil is every agent. It is
// forbidden to ask for a foreign one.
func (p Principal) Agents(asked string) ([]string, error) {
	if asked == "" && p.Bound() {
		return p.AgentIDs, nil
	}
	if err := p.MayAgent(asked); err != nil || asked == "" {
		return nil, err
	}
	return []string{asked}, nil
}

type principalKey struct{}

// WithPrincipal returns a context in which the principal asks.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// PrincipalOf returns who asks in a context. Where nobody was named it is the
// process itself, Admin: every way in from outside names somebody.
func PrincipalOf(ctx context.Context) Principal {
	if p, named := ctx.Value(principalKey{}).(Principal); named {
		return p
	}
	return Admin()
}
