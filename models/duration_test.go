package models_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestDurationIsShort(t *testing.T) {
	t.Parallel()
	for want, duration := range map[string]time.Duration{
		"0s":      0,
		"1ms":     time.Millisecond,
		"1.5s":    1500 * time.Millisecond,
		"30s":     30 * time.Second,
		"1m":      time.Minute,
		"10m":     10 * time.Minute,
		"1m1s":    61 * time.Second,
		"1h":      time.Hour,
		"10h":     10 * time.Hour,
		"1h10m":   70 * time.Minute,
		"1h0m10s": time.Hour + 10*time.Second,
		"24h":     24 * time.Hour,
		"-5m":     -5 * time.Minute,
	} {
		require.Equal(t, want, models.Duration(duration).String())
		require.Equal(t, duration, models.Duration(duration).Std())
		text, err := json.Marshal(models.Duration(duration))
		require.NoError(t, err)
		require.Equal(t, `"`+want+`"`, string(text))
		var read models.Duration
		require.NoError(t, json.Unmarshal(text, &read))
		require.Equal(t, duration, read.Std())
	}
}

func TestDurationNeedsAUnit(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`5`, `"5"`, `""`, `"1d"`, `"1m "`, `null`, `true`, `{}`, `["1m"]`, `"9999999h"`} {
		in := struct {
			Wait models.Duration `json:"wait"`
		}{Wait: models.Duration(time.Hour)}
		err := json.Unmarshal([]byte(`{"wait":`+text+`}`), &in)
		var wrong *json.UnmarshalTypeError
		require.ErrorAs(t, err, &wrong, text)
		require.Equal(t, models.Duration(time.Hour), in.Wait, "what was there stays")
	}
}

func FuzzDurationUnmarshalJSON(f *testing.F) {
	for _, seed := range []string{`"0s"`, `"1h30m"`, `"-1.5ms"`, `5`, `null`, `"1d"`, `"\u0031m"`, `"2562047h47m16.854775807s"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var first models.Duration
		if first.UnmarshalJSON(data) != nil {
			require.Zero(t, first)
			return
		}
		text, err := json.Marshal(first)
		require.NoError(t, err)
		var second models.Duration
		require.NoError(t, json.Unmarshal(text, &second), "%s", text)
		require.Equal(t, first, second, "%s", text)
	})
}
