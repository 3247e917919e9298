package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestRateLimitsAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"secret=200/s:400,publishable=5/s:20": models.DefaultRateLimits().String(),
		"off":                                 "secret=off,publishable=off",
		"10/s":                                "secret=10/s:20,publishable=10/s:20",
		"secret=30/m":                         "secret=0.5/s:1,publishable=5/s:20",
		"publishable=off":                     "secret=200/s:400,publishable=off",
		"1/s:1, publishable=0.5/s:9":          "secret=1/s:1,publishable=0.5/s:9",
	} {
		var limits models.RateLimits
		require.NoError(t, limits.UnmarshalText([]byte(text)), text)
		require.Equal(t, want, limits.String(), text)
		var again models.RateLimits
		require.NoError(t, again.UnmarshalText([]byte(limits.String())))
		require.Equal(t, limits, again)
	}
}

func TestWhatIsNoRateLimit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "5", "5/h", "/s", "x/s", "0/s", "-1/s", "NaN/s", "Inf/s", "2000000/s", "5/s:", "5/s:0", "5/s:x", "5/s:2000000", "admin=5/s", "5/s,",
	} {
		var limits models.RateLimits
		require.Error(t, limits.UnmarshalText([]byte(text)), text)
	}
}

func TestWhoIsLimited(t *testing.T) {
	t.Parallel()
	limits := models.DefaultRateLimits()
	require.Zero(t, limits.Of(models.Admin()))
	require.Equal(t, limits.Secret, limits.Of(models.Principal{KeyID: "key_1", Kind: models.KeySecret, Scopes: models.Scopes()}))
	require.Equal(t, limits.Publishable, limits.Of(models.Principal{KeyID: "key_1", Kind: models.KeyPublishable}))
}
