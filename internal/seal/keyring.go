package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"leadrail/models"
)

// keySize is the length of an AES-256 key in bytes.
const keySize = 32

// format is the first byte of every sealed value.
const format = 1

// ErrUnknownKey means that a value was sealed under a key that is not in the
// ring.
var ErrUnknownKey = errors.New("sealed under a key that LEADRAIL_SEAL_KEYS does not hold")

// ErrTampered means that a value is not what was sealed, or belongs to another
// owner.
var ErrTampered = errors.New("sealed value does not open: it was changed or belongs to something else")

// Keyring seals with its first key and opens with any. It is safe for
// concurrent use.
type Keyring struct {
	first string
	keys  map[string]cipher.AEAD
}

// ParseKeyring reads a comma-separated list of id:key, where the key is 32
// bytes in standard base64. Errors name the id, never the key.
func ParseKeyring(text string) (*Keyring, error) {
	ring := &Keyring{keys: map[string]cipher.AEAD{}}
	for entry := range strings.SplitSeq(text, ",") {
		name, encoded, found := strings.Cut(strings.TrimSpace(entry), ":")
		if !found || name == "" || len(name) > 255 {
			return nil, errors.New("a seal key is written id:base64")
		}
		if err := ring.add(name, encoded); err != nil {
			return nil, fmt.Errorf("seal key %q: %w", name, err)
		}
	}
	return ring, nil
}

// GenerateKey returns a fresh random key as ParseKeyring reads it.
func GenerateKey(name string) string {
	key := make([]byte, keySize)
	rand.Read(key)
	return name + ":" + base64.StdEncoding.EncodeToString(key)
}

func (k *Keyring) add(name, encoded string) error {
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) != keySize {
		return errors.New("not 32 bytes in base64; make one with: openssl rand -base64 32")
	}
	if _, duplicate := k.keys[name]; duplicate {
		return errors.New("given twice")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("make cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return fmt.Errorf("make cipher: %w", err)
	}
	if k.first == "" {
		k.first = name
	}
	k.keys[name] = aead
	return nil
}

// Seal encrypts plain and binds it to owner, the id of the thing it belongs to.
func (k *Keyring) Seal(plain []byte, owner string) models.Sealed {
	header := append([]byte{format, byte(len(k.first))}, k.first...)
	return k.keys[k.first].Seal(header, nil, plain, []byte(owner))
}

// Open decrypts what Seal made for the same owner. The error is ErrUnknownKey
// or ErrTampered.
func (k *Keyring) Open(sealed models.Sealed, owner string) ([]byte, error) {
	if len(sealed) < 2 || sealed[0] != format || len(sealed) < 2+int(sealed[1]) {
		return nil, ErrTampered
	}
	name, ciphertext := string(sealed[2:2+int(sealed[1])]), sealed[2+int(sealed[1]):]
	aead, known := k.keys[name]
	if !known {
		return nil, ErrUnknownKey
	}
	plain, err := aead.Open(nil, nil, ciphertext, []byte(owner))
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}
