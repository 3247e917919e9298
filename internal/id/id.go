package id

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// Kind is the prefix of an id.
type Kind string

// The kinds of ids.
const (
	Form       Kind = "form"
	Submission Kind = "sub"
	Action     Kind = "act"
	Delivery   Kind = "dlv"
	Team       Kind = "team"
	File       Kind = "file"
	Mail       Kind = "mail"
	Request    Kind = "req"
	Key        Kind = "key"
	Audit      Kind = "aud"
	Replay     Kind = "rpl"
	Decision   Kind = "gate"
)

// suffixLength is the length of 128 bits in base 32, two bits of padding in
// front.
const suffixLength = 26

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// New makes a fresh id of the kind, for example
// "sub_01jd9zk6r5e0cv3n8q2x4w7t1m".
func New(kind Kind) string {
	return encode(kind, uuid.Must(uuid.NewV7()))
}

// Derived makes the id of the kind that belongs to the parts: always the same
// for the same parts under the same secret, and not to be guessed without it. It
// is a version 8 UUID (RFC 9562 section 5.8) of an HMAC-SHA-256.
func Derived(kind Kind, secret string, parts ...string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, part := range parts {
		fmt.Fprintf(mac, "%d:%s", len(part), part) // no two lists of parts spell the same
	}
	value := uuid.UUID(mac.Sum(nil)[:16])
	value[6] = value[6]&0x0f | 0x80
	value[8] = value[8]&0x3f | 0x80
	return encode(kind, value)
}

// Valid reports whether text is a well-formed id of the kind.
func Valid(kind Kind, text string) bool {
	suffix, found := strings.CutPrefix(text, string(kind)+"_")
	if !found || len(suffix) != suffixLength || suffix[0] > '7' {
		return false
	}
	_, err := crockford.DecodeString("000000" + suffix)
	return err == nil
}

// encode writes 128 bits as 130: TypeID pads with two zero bits in front, so
// four zero bytes more make whole base-32 groups, and six zeros to cut off.
func encode(kind Kind, value uuid.UUID) string {
	var padded [20]byte
	copy(padded[4:], value[:])
	return fmt.Sprintf("%s_%s", kind, crockford.EncodeToString(padded[:])[6:])
}
