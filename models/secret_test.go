package models_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestWhichSecretsAreInForce(t *testing.T) {
	t.Parallel()
	rotated := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	expires := rotated.Add(24 * time.Hour)
	older, newer := models.Sealed("older"), models.Sealed("newer")
	alone := models.Secret{Current: newer}
	both := models.Secret{Current: newer, Previous: older, PreviousExpiresAt: &expires}
	for name, c := range map[string]struct {
		secret models.Secret
		at     time.Time
		want   []models.Sealed
	}{
		"of one":                      {alone, rotated, []models.Sealed{newer}},
		"at the rotation":             {both, rotated, []models.Sealed{newer, older}},
		"on a clock that is behind":   {both, rotated.Add(-time.Minute), []models.Sealed{newer, older}},
		"just before the overlap end": {both, expires.Add(-1), []models.Sealed{newer, older}},
		"when the overlap ends":       {both, expires, []models.Sealed{newer}},
		"long after":                  {both, expires.AddDate(1, 0, 0), []models.Sealed{newer}},
	} {
		require.Equal(t, c.want, c.secret.InForce(c.at), name)
	}
}

func TestASigningKeyIsWrittenAsReceiversReadIt(t *testing.T) {
	t.Parallel()
	key := models.SigningKey(bytes.Repeat([]byte{0xfb}, 32))
	require.Equal(t, "whsec_+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=", key.Reveal())
}

func TestSigningKeysAreLongAndDifferent(t *testing.T) {
	t.Parallel()
	one, other := models.NewSigningKey(), models.NewSigningKey()
	require.Len(t, one, 32)
	require.NotEqual(t, one, other)
}

func TestSecretsAreNotShownByAccident(t *testing.T) {
	t.Parallel()
	key := models.NewSigningKey()
	secret := models.Secret{FormID: "form_1", Current: models.Sealed(key)}
	encoded, err := json.Marshal(map[string]any{"key": key})
	require.NoError(t, err)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", key, "secret", secret)
	shown := log.String() + string(encoded) + fmt.Sprintf("%v %s %+v %#v %q", key, key, key, key, key) + fmt.Sprint([]models.SigningKey{key})
	require.NotContains(t, shown, key.Reveal()[len("whsec_"):])
	require.NotContains(t, shown, fmt.Sprintf("%d", []byte(key)))
	require.NotContains(t, shown, string(key))
	require.Contains(t, shown, "form_1")
}
