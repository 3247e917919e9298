package auth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"leadrail/models"
)

// Bounds of a key.
const (
	maxName    = 100
	maxAgents  = 100
	maxOrigins = 100
)

// key checks the input and makes a key of it, with no list that is nil.
func (in KeyInput) key(now time.Time) (models.Key, error) {
	key := models.Key{
		Name: in.Name, Kind: cmp.Or(in.Kind, models.KeySecret),
		Scopes: append([]models.Scope{}, in.Scopes...), AgentIDs: append([]string{}, in.AgentIDs...), Origins: []string{},
	}
	problems := checkName(in.Name)
	if !key.Kind.Valid() {
		problems = append(problems, problem("kind", "option", "A kind is secret or publishable."))
	}
	problems = append(problems, checkScopes(key)...)
	problems = append(problems, checkAgents(key)...)
	problems = append(problems, setOrigins(&key, in.Origins)...)
	if in.ExpiresAt != nil {
		key.ExpiresAt = &in.ExpiresAt.Time
		if !in.ExpiresAt.After(now) {
			problems = append(problems, problem("expiresAt", "range", "A key expires in the future."))
		}
	}
	if len(problems) > 0 {
		return models.Key{}, &models.Error{Code: models.CodeInvalid, Message: "The key has problems.", Fields: problems}
	}
	return key, nil
}

func problem(field, code, message string) models.FieldError {
	return models.FieldError{Field: field, Code: code, Message: message}
}

func checkName(name string) []models.FieldError {
	length := utf8.RuneCountInString(name)
	if length == 0 || length > maxName || strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name) {
		return []models.FieldError{problem("name", "invalid", fmt.Sprintf("A name has 1 to %d characters on one line.", maxName))}
	}
	return nil
}

func checkScopes(key models.Key) []models.FieldError {
	if len(key.Scopes) == 0 {
		return []models.FieldError{problem("scopes", "required", "Say what the key may do.")}
	}
	var problems []models.FieldError
	for i, scope := range key.Scopes {
		at := fmt.Sprintf("scopes[%d]", i)
		switch {
		case !scope.Valid():
			problems = append(problems, problem(at, "option", "A scope is "+scopeList()+"."))
		case slices.Contains(key.Scopes[:i], scope):
			problems = append(problems, problem(at, "duplicate", "Name each scope once."))
		case key.Kind == models.KeyPublishable && !scope.Publishable():
			problems = append(problems, problem(at, "not_publishable", "A key that everybody can read in a page may submit and send events, no more."))
		}
	}
	return problems
}

func scopeList() string {
	var names []string
	for _, scope := range models.Scopes() {
		names = append(names, string(scope))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func checkAgents(key models.Key) []models.FieldError {
	if len(key.AgentIDs) > maxAgents {
		return []models.FieldError{problem("agentIds", "max_length", fmt.Sprintf("At most %d agents.", maxAgents))}
	}
	if len(key.AgentIDs) > 0 && slices.Contains(key.Scopes, models.ScopeAdmin) {
		return []models.FieldError{problem("agentIds", "admin", "A key with the scope admin can make keys for every agent: it is not bound to some.")}
	}
	var problems []models.FieldError
	for i, agentID := range key.AgentIDs {
		err := models.CheckCallerID(agentID)
		if agentID == "" || err != nil || !utf8.ValidString(agentID) {
			problems = append(problems, problem(fmt.Sprintf("agentIds[%d]", i), "invalid", "This is not the id of an agent."))
		}
	}
	return problems
}
