package config_test

import (
	"flag"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/config"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	type environment = map[string]string
	for name, test := range map[string]struct {
		environment environment
		want        string
	}{
		"address":              {environment{"LEADRAIL_LISTEN": "8080"}, `LEADRAIL_LISTEN: "8080" is not host:port`},
		"temporal's address":   {environment{"LEADRAIL_TEMPORAL_LISTEN": "x"}, `LEADRAIL_TEMPORAL_LISTEN: "x" is not host:port`},
		"its UI's address":     {environment{"LEADRAIL_TEMPORAL_UI_LISTEN": "x"}, `LEADRAIL_TEMPORAL_UI_LISTEN: "x" is not host:port`},
		"port out of range":    {environment{"LEADRAIL_POSTGRES_PORT": "65536"}, `LEADRAIL_POSTGRES_PORT: 65536 is not a port`},
		"no number":            {environment{"LEADRAIL_POSTGRES_PORT": "abc"}, `LEADRAIL_POSTGRES_PORT: strconv.ParseInt: parsing "abc": invalid syntax`},
		"no pool":              {environment{"LEADRAIL_DATABASE_POOL": "0"}, `LEADRAIL_DATABASE_POOL: 0 is not a size of a pool`},
		"no range":             {environment{"LEADRAIL_ALLOW_CIDRS": "10.0.0.1"}, `LEADRAIL_ALLOW_CIDRS: netip.ParsePrefix("10.0.0.1"): no '/'`},
		"no rate":              {environment{"LEADRAIL_RATE_LIMIT": "fast"}, `LEADRAIL_RATE_LIMIT: rate limits are written secret=200/s:400,publishable=5/s:20, where :400 is the burst, /m is a minute, and off is no limit`},
		"no level":             {environment{"LEADRAIL_LOG_LEVEL": "loud"}, `LEADRAIL_LOG_LEVEL: slog: level string "loud": unknown name`},
		"no format":            {environment{"LEADRAIL_LOG_FORMAT": "xml"}, `LEADRAIL_LOG_FORMAT: "xml" is neither text nor json`},
		"link without a place": {environment{"LEADRAIL_LEAD_URL": "https://example.com/"}, `LEADRAIL_LEAD_URL: "https://example.com/" has no {submissionId} in it`},
		"no link":              {environment{"LEADRAIL_CONVERSATION_URL": "/{conversationId}"}, `LEADRAIL_CONVERSATION_URL: "/{conversationId}" is not an http or https URL`},
		"unknown provider":     {environment{"LEADRAIL_MAIL": "pigeon"}, `LEADRAIL_MAIL: "pigeon" is neither sendgrid nor outbox`},
		"no host":              {environment{"SENDGRID_HOST": "api.sendgrid.com"}, `SENDGRID_HOST: "api.sendgrid.com" is not an http or https URL`},
		"no sender":            {environment{"LEADRAIL_MAIL_FROM": "leads"}, `LEADRAIL_MAIL_FROM: "leads" is not an e-mail address`},
		"a wait before the end": {
			environment{"LEADRAIL_UNDELIVERED_ALERT_AFTER": "-1s"},
			`LEADRAIL_UNDELIVERED_ALERT_AFTER: -1s is before the delivery gives up`,
		},
		"provider without key": {
			environment{"LEADRAIL_MAIL": "sendgrid", "LEADRAIL_MAIL_FROM": "leads@example.com"},
			`SENDGRID_API_KEY: not set, but LEADRAIL_MAIL is sendgrid`,
		},
		"key without sender": {
			environment{"SENDGRID_API_KEY": "SG.x"},
			`LEADRAIL_MAIL_FROM: set the sender that is verified at SendGrid`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(test.environment)
			require.EqualError(t, err, test.want)
		})
	}
}

func TestEveryProblemAtOnceAndOneLineEach(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := load(map[string]string{
		"DATABASE_URL_FILE":      missing,
		"LEADRAIL_POSTGRES_PORT": "abc",
		"LEADRAIL_LOG_FORMAT":    "xml",
		"LEADRAIL_MAIL":          "sendgrid",
	}, "-listen", "8080")
	var variables []string
	for line := range strings.Lines(err.Error()) {
		variable, _, _ := strings.Cut(line, ": ")
		variables = append(variables, variable)
	}
	require.Equal(t, []string{
		"DATABASE_URL", "LEADRAIL_POSTGRES_PORT", "LEADRAIL_LISTEN", "SENDGRID_API_KEY", "LEADRAIL_MAIL_FROM", "LEADRAIL_LOG_FORMAT",
	}, variables)
	require.ErrorContains(t, err, "DATABASE_URL: DATABASE_URL_FILE: open "+missing+":")
}

func TestACommandMayHaveFlagsOfItsOwn(t *testing.T) {
	t.Parallel()
	var id string
	command := config.Command{Name: "end", Flags: func(flags *flag.FlagSet) { flags.StringVar(&id, "id", "", "What to end.") }}
	getenv := func(string) string { return "" }
	c, err := command.Load([]string{"-id", "x", "-listen", "127.0.0.1:1"}, getenv, io.Discard)
	require.NoError(t, err)
	require.Equal(t, "x", id)
	require.Equal(t, "127.0.0.1:1", c.Listen)

	var help strings.Builder
	_, err = command.Load([]string{"-help"}, getenv, &help)
	require.ErrorIs(t, err, flag.ErrHelp)
	require.Contains(t, help.String(), "What to end.")
	_, err = load(nil, "-id", "x")
	require.Error(t, err, "no other command has it")
}

func TestWhatIsNoFlagIsRefused(t *testing.T) {
	t.Parallel()
	_, err := load(nil, "-lisen", "127.0.0.1:1")
	require.EqualError(t, err, "flag provided but not defined: -lisen")
	_, err = load(nil, "127.0.0.1:1")
	require.EqualError(t, err, `"127.0.0.1:1" is not a flag; see leadrail up -help`)
}
