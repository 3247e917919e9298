package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/config"
)

const hidden = "hunter2"

func configWithSecrets(t *testing.T) config.Config {
	t.Helper()
	return mustLoad(t, map[string]string{
		"DATABASE_URL":        "postgres://leads:" + hidden + "@db/leads",
		"LEADRAIL_ADMIN_KEY":  hidden,
		"LEADRAIL_SEAL_KEYS":  hidden,
		"SENDGRID_API_KEY":    hidden,
		"LEADRAIL_MAIL_FROM":  "leads@example.com",
		"LEADRAIL_LOG_LEVEL":  "warn",
		"LEADRAIL_LOG_FORMAT": "json",
	})
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	c := configWithSecrets(t)
	require.Equal(t, hidden, c.AdminKey.Reveal())
	// A struct that is no LogValuer, as somebody might log one day.
	nested := struct{ Keys []config.Secret }{[]config.Secret{c.AdminKey}}
	encoded, err := json.Marshal([]any{c, nested})
	require.NoError(t, err)

	var text, lines bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&text, nil)), slog.New(slog.NewJSONHandler(&lines, nil))} {
		log.Info("start", "config", c, "pointer", &c, "secret", c.AdminKey, "nested", nested)
	}
	for form, printed := range map[string]string{
		"%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c),
		"%q": fmt.Sprintf("%q", c.AdminKey), "%x": fmt.Sprintf("%x", c.AdminKey),
		"nested": fmt.Sprintf("%v %+v %#v", nested, nested, nested),
		"json":   string(encoded), "slog text": text.String(), "slog JSON": lines.String(),
	} {
		require.NotContains(t, printed, hidden, form)
		require.NotContains(t, printed, fmt.Sprintf("%x", hidden), form)
		require.NotEmpty(t, printed, form)
	}
	require.Equal(t, "[secret]", c.AdminKey.String())
}

func TestSecretThatIsNotSetLooksIt(t *testing.T) {
	t.Parallel()
	require.Empty(t, config.Secret("").String())
}

func TestLogTellsWhatDiffersFromTheDefault(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("starting", "config", configWithSecrets(t))
	var line struct {
		Config json.RawMessage `json:"config"`
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.JSONEq(t, `{"LEADRAIL_MAIL_FROM": "leads@example.com", "LEADRAIL_LOG_LEVEL": "WARN", "LEADRAIL_LOG_FORMAT": "json"}`,
		string(line.Config))

	out.Reset()
	slog.New(slog.NewJSONHandler(&out, nil)).Info("starting", "config", mustLoad(t, nil))
	require.NotContains(t, out.String(), "LEADRAIL", "nothing differs")
}
