package models

import (
	"log/slog"
	"slices"
	"time"
)

// Scope is a part of the API that a key opens.
type Scope string

// The scopes. ScopeAdmin is for keys and the audit, and includes all others.
const (
	ScopeSubmit Scope = "submit"
	ScopeEvents Scope = "events"
	ScopeRead   Scope = "read"
	ScopeWrite  Scope = "write"
	ScopeReplay Scope = "replay"
	ScopeExport Scope = "export"
	ScopeErase  Scope = "erase"
	ScopeAdmin  Scope = "admin"
)

// Scopes lists every scope.
func Scopes() []Scope {
	return []Scope{ScopeSubmit, ScopeEvents, ScopeRead, ScopeWrite, ScopeReplay, ScopeExport, ScopeErase, ScopeAdmin}
}

// Valid reports whether s is a known scope.
func (s Scope) Valid() bool { return slices.Contains(Scopes(), s) }

// Publishable reports whether a key that stands in a web page may have the scope.
func (s Scope) Publishable() bool { return s == ScopeSubmit || s == ScopeEvents }

// KeyKind says where a key is kept.
type KeyKind string

// The kinds of keys.
const (
	// KeySecret stays on a server.
	KeySecret KeyKind = "secret"
	// KeyPublishable may stand in a web page: everybody can read it there.
	KeyPublishable KeyKind = "publishable"
)

// Valid reports whether k is a known kind.
func (k KeyKind) Valid() bool { return k == KeySecret || k == KeyPublishable }

// Key is what a caller authenticates with. The key itself is not stored, only
// its hash.
type Key struct {
	ID string `gorm:"primaryKey"`
	// Name is for people.
	Name   string
	Kind   KeyKind
	Scopes []Scope `gorm:"serializer:json;type:jsonb"`
	// AgentIDs are the agents that the key is bound to; empty for all.
	AgentIDs []string `gorm:"serializer:json;type:jsonb"`
	// Origins are where a publishable key works, each as a browser writes it:
	// scheme://host, and :port unless it is the scheme's own.
	Origins []string `gorm:"serializer:json;type:jsonb"`
	// Hash is the SHA-256 of the key, in hex.
	Hash      string `gorm:"unique"`
	CreatedAt time.Time
	// ExpiresAt is the first moment at which the key no longer works; nil for
	// never.
	ExpiresAt *time.Time
	RevokedAt *time.Time
	// LastUsedAt may be a minute behind; nil before the first use.
	LastUsedAt *time.Time
}

// InForce reports whether the key works at a time.
func (k Key) InForce(at time.Time) bool {
	return k.RevokedAt == nil && (k.ExpiresAt == nil || at.Before(*k.ExpiresAt))
}

// Principal is who calls with the key.
func (k Key) Principal() Principal {
	return Principal{KeyID: k.ID, Kind: k.Kind, Scopes: k.Scopes, AgentIDs: k.AgentIDs, Origins: k.Origins}
}

// LogValue implements slog.LogValuer.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.ID) }
