package config_test

import (
	"cmp"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/config"
)

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "value")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestFlagBeforeEnvironmentBeforeFileBeforeDefault(t *testing.T) {
	t.Parallel()
	environment := map[string]string{}
	listen := func(args ...string) string { return mustLoad(t, environment, args...).Listen }
	require.Equal(t, "127.0.0.1:8080", listen())

	environment["LEADRAIL_LISTEN_FILE"] = file(t, "127.0.0.1:1\n")
	require.Equal(t, "127.0.0.1:1", listen())

	environment["LEADRAIL_LISTEN"] = "127.0.0.1:2"
	require.Equal(t, "127.0.0.1:2", listen())
	require.Equal(t, "127.0.0.1:3", listen("-listen", "127.0.0.1:3"))
}

func TestEmptyVariableIsAbsent(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, map[string]string{"LEADRAIL_LISTEN": "", "DATABASE_URL": "", "DATABASE_URL_FILE": file(t, " postgres://db/leads \n")})
	require.Equal(t, "127.0.0.1:8080", c.Listen)
	require.Equal(t, "postgres://db/leads", c.DatabaseURL.Reveal())
}

func TestEverySettingComesFromFlagVariableAndFile(t *testing.T) {
	t.Parallel()
	numbersAndSuch := map[string]string{
		"LEADRAIL_DATABASE_POOL": "7", "LEADRAIL_POSTGRES_PORT": "7777", "LEADRAIL_ALLOW_CIDRS": "10.0.0.0/8", "LEADRAIL_TRUSTED_PROXIES": "10.0.0.0/8",
		"LEADRAIL_RATE_LIMIT": "off", "LEADRAIL_LOG_LEVEL": "debug", "TEMPORAL_TLS": "true",
	}
	// Whether the value makes sense is another matter.
	read := func(environment map[string]string, args ...string) config.Config {
		c, _ := load(environment, args...)
		return c
	}
	for _, setting := range config.Settings() {
		t.Run(setting.Variable, func(t *testing.T) {
			t.Parallel()
			value := cmp.Or(numbersAndSuch[setting.Variable], "value")
			byVariable := read(map[string]string{setting.Variable: value})
			require.NotEqual(t, read(nil), byVariable)
			require.Equal(t, byVariable, read(nil, "-"+setting.Flag, value))
			require.Equal(t, byVariable, read(map[string]string{setting.Variable + "_FILE": file(t, value+"\n")}))
		})
	}
}

func TestListIsParsed(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, map[string]string{"LEADRAIL_ALLOW_CIDRS": "127.0.0.0/8,fd00::/8"})
	require.Equal(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}, c.AllowCIDRs)
}
