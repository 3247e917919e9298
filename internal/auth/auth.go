package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"leadrail/models"
)

// keyPrefix starts every key, so that a leaked one can be searched for.
const keyPrefix = "lr_"

// keyBytes is how many random bytes a key has.
const keyBytes = 32

// NewKey makes a fresh key of 256 random bits.
func NewKey() string {
	secret := make([]byte, keyBytes)
	rand.Read(secret)
	return keyPrefix + base64.RawURLEncoding.EncodeToString(secret)
}

// Hash is what is stored of a key. Keys are random and long, so that a plain
// hash cannot be searched.
func Hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// Lookup reads the keys that are stored, by their hash.
type Lookup interface {
	KeyByHash(ctx context.Context, hash string) (models.Key, error)
}

// Authenticator knows the keys. It is safe for concurrent use.
type Authenticator struct {
	// admin is the hash of the configuration's key: that one works without a
	// database.
	admin string
	keys  Lookup
	uses  *Uses
	now   func() time.Time
}

// NewAuthenticator makes an Authenticator that knows the admin key and those
// that are stored, and notes their uses.
func NewAuthenticator(adminKey string, keys Lookup, uses *Uses, now func() time.Time) *Authenticator {
	return &Authenticator{admin: Hash(adminKey), keys: keys, uses: uses, now: now}
}

// Authenticate says who sends an Authorization header. Errors are unauthorized
// and, where the key is not known here and nobody can be asked, unavailable.
func (a *Authenticator) Authenticate(ctx context.Context, header string) (models.Principal, error) {
	scheme, key, _ := strings.Cut(header, " ")
	key = strings.TrimSpace(key)
	if !strings.EqualFold(scheme, "Bearer") || key == "" {
		return models.Principal{}, models.Errorf(models.CodeUnauthorized, "Send your key as: Authorization: Bearer lr_…")
	}
	hash := Hash(key)
	if subtle.ConstantTimeCompare([]byte(hash), []byte(a.admin)) == 1 {
		return models.Admin(), nil
	}
	if !wellFormed(key) {
		return models.Principal{}, errUnknown()
	}
	stored, err := a.keys.KeyByHash(ctx, hash)
	now := a.now()
	switch {
	case models.CodeOf(err) == models.CodeNotFound, err == nil && !stored.InForce(now):
		return models.Principal{}, errUnknown()
	case err != nil:
		return models.Principal{}, err
	}
	a.uses.note(stored.ID, now)
	return stored.Principal(), nil
}

// wellFormed tells what NewKey can have made: nothing else is looked up.
func wellFormed(key string) bool {
	secret, prefixed := strings.CutPrefix(key, keyPrefix)
	decoded, err := base64.RawURLEncoding.DecodeString(secret)
	return prefixed && err == nil && len(decoded) == keyBytes
}

// errUnknown is one for a key that never was, has expired or was revoked: who
// finds a key somewhere does not learn whether it was one.
func errUnknown() error {
	return models.Errorf(models.CodeUnauthorized, "The key is not known, has expired or was revoked.")
}

// Require is a forbidden error, which names the scope, unless the caller has it.
func Require(caller models.Principal, scope models.Scope) error {
	if caller.Has(scope) {
		return nil
	}
	return models.Errorf(models.CodeForbidden, "The key lacks the scope %q.", scope)
}
