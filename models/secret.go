package models

import (
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"time"
)

// Bounds of how long a form's old secret stays in force beside a new one.
const (
	DefaultSecretOverlap = Duration(24 * time.Hour)
	MaxSecretOverlap     = Duration(7 * 24 * time.Hour)
)

// Secret is what the webhooks of a form are signed with. A form has one, and
// for a while after a change a second one. Both are SigningKeys, sealed for the
// form's id.
type Secret struct {
	FormID  string `gorm:"primaryKey"`
	Current Sealed
	// Previous is the one before; absent when there was none.
	Previous Sealed
	// PreviousExpiresAt is the first moment at which Previous no longer counts;
	// nil without one.
	PreviousExpiresAt *time.Time
	UpdatedAt         time.Time
}

// InForce lists what webhooks are signed with at a time, newest first.
func (s Secret) InForce(at time.Time) []Sealed {
	if s.PreviousExpiresAt == nil || !at.Before(*s.PreviousExpiresAt) {
		return []Sealed{s.Current}
	}
	return []Sealed{s.Current, s.Previous}
}

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.FormID) }

// signingKeySize is the length of a new key in bytes; Standard Webhooks asks
// for 24 to 64.
const signingKeySize = 32

// SigningKey is a secret as it is used, in bytes. It prints as [signing key].
type SigningKey []byte

// NewSigningKey makes a random key.
func NewSigningKey() SigningKey {
	key := make(SigningKey, signingKeySize)
	rand.Read(key)
	return key
}

// Reveal returns the key as receivers write it (Standard Webhooks 1.0.0):
// whsec_ and standard base64.
func (k SigningKey) Reveal() string {
	return "whsec_" + base64.StdEncoding.EncodeToString(k)
}

// String implements fmt.Stringer.
func (k SigningKey) String() string { return "[signing key]" }

// GoString implements fmt.GoStringer.
func (k SigningKey) GoString() string { return k.String() }

// MarshalText implements encoding.TextMarshaler, which JSON follows as well.
func (k SigningKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// LogValue implements slog.LogValuer.
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(k.String()) }
