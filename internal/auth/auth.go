package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"leadrail/models"
)

// Scope is something that a key may do.
type Scope string

// The scopes that routes ask for.
const (
	ScopeSubmit Scope = "submit"
	ScopeRead   Scope = "read"
	ScopeWrite  Scope = "write"
)

// keyPrefix starts every key, so that a leaked one can be searched for.
const keyPrefix = "lr_"

// NewKey makes a fresh secret key of 256 random bits.
func NewKey() string {
	secret := make([]byte, 32)
	rand.Read(secret)
	return keyPrefix + base64.RawURLEncoding.EncodeToString(secret)
}

// Authenticator knows the keys. Only their hashes stay in memory.
type Authenticator struct {
	admin [sha256.Size]byte
}

// NewAuthenticator makes an Authenticator that knows the admin key.
func NewAuthenticator(adminKey string) *Authenticator {
	return &Authenticator{admin: sha256.Sum256([]byte(adminKey))}
}

// Authorize checks an Authorization header against the scope a route asks for.
// The error is unauthorized without a known key. The admin key has every
// scope.
func (a *Authenticator) Authorize(header string, _ Scope) error {
	scheme, key, _ := strings.Cut(header, " ")
	key = strings.TrimSpace(key)
	if !strings.EqualFold(scheme, "Bearer") || key == "" {
		return models.Errorf(models.CodeUnauthorized, "Send your key as: Authorization: Bearer lr_…")
	}
	hash := sha256.Sum256([]byte(key))
	if subtle.ConstantTimeCompare(hash[:], a.admin[:]) != 1 {
		return models.Errorf(models.CodeUnauthorized, "The key is not known.")
	}
	return nil
}
