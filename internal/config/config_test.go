package config_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/config"
)

// load reads the configuration of a process with this environment.
func load(environment map[string]string, args ...string) (config.Config, error) {
	getenv := func(name string) string { return environment[name] }
	return config.Load("up", args, getenv, io.Discard)
}

func mustLoad(t *testing.T, environment map[string]string, args ...string) config.Config {
	t.Helper()
	c, err := load(environment, args...)
	require.NoError(t, err)
	return c
}

func TestMailProvider(t *testing.T) {
	t.Parallel()
	const key, from = "SENDGRID_API_KEY", "LEADRAIL_MAIL_FROM"
	for name, test := range map[string]struct {
		environment map[string]string
		want        string
	}{
		"nobody was chosen":           {nil, ""},
		"the one that was chosen":     {map[string]string{"LEADRAIL_MAIL": "outbox"}, config.MailOutbox},
		"a key is a choice":           {map[string]string{key: "SG.x", from: "leads@example.com"}, config.MailSendGrid},
		"the choice is above the key": {map[string]string{key: "SG.x", "LEADRAIL_MAIL": "outbox"}, config.MailOutbox},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, mustLoad(t, test.environment).MailProvider())
		})
	}
}
