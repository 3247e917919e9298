package seal_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/seal"
)

func ring(t *testing.T, text string) *seal.Keyring {
	t.Helper()
	keys, err := seal.ParseKeyring(text)
	require.NoError(t, err)
	return keys
}

func TestSealOpensForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	keys := ring(t, seal.GenerateKey("k1"))
	sealed := keys.Seal([]byte("ada@example.com"), "sub_1")
	require.NotContains(t, string(sealed), "ada")

	plain, err := keys.Open(sealed, "sub_1")
	require.NoError(t, err)
	require.Equal(t, "ada@example.com", string(plain))

	_, err = keys.Open(sealed, "sub_2")
	require.ErrorIs(t, err, seal.ErrTampered)
}

func TestSealIsDifferentEachTime(t *testing.T) {
	t.Parallel()
	keys := ring(t, seal.GenerateKey("k1"))
	require.NotEqual(t, keys.Seal([]byte("x"), "o"), keys.Seal([]byte("x"), "o"))
}

func TestOldKeyOpensAfterRotation(t *testing.T) {
	t.Parallel()
	older, newer := seal.GenerateKey("older"), seal.GenerateKey("newer")
	sealed := ring(t, older).Seal([]byte("x"), "o")

	plain, err := ring(t, newer+","+older).Open(sealed, "o")
	require.NoError(t, err)
	require.Equal(t, "x", string(plain))

	_, err = ring(t, newer).Open(sealed, "o")
	require.ErrorIs(t, err, seal.ErrUnknownKey)
}

func TestParseKeyringRefuses(t *testing.T) {
	t.Parallel()
	key := seal.GenerateKey("k")
	for name, text := range map[string]string{
		"empty":      "",
		"no id":      ":" + key,
		"short key":  "k:AAAA",
		"not base64": "k:!!!!",
		"twice":      key + "," + key,
	} {
		_, err := seal.ParseKeyring(text)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "AAAA", "a key must not show in an error")
	}
}

func FuzzOpenNeverPanics(f *testing.F) {
	keys, err := seal.ParseKeyring(seal.GenerateKey("k1"))
	require.NoError(f, err)
	good := keys.Seal([]byte("plain"), "owner")
	f.Add([]byte(good))
	f.Add([]byte{1, 255, 'k'})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := keys.Open(sealed, "owner")
		if err == nil && !bytes.Equal(sealed, good) {
			t.Fatalf("opened a forgery: %q", plain)
		}
	})
}
