package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTLSToTemporalIsSpokenWhereSomethingNeedsIt(t *testing.T) {
	t.Parallel()
	for variable, value := range map[string]string{
		"TEMPORAL_TLS": "true", "TEMPORAL_TLS_SERVER_NAME": "temporal.example.com", "TEMPORAL_API_KEY": "secret",
	} {
		c := mustLoad(t, map[string]string{"TEMPORAL_ADDRESS": "temporal.example.com:7233", variable: value})
		secured, err := c.TLSToTemporal()
		require.NoError(t, err, variable)
		require.NotNil(t, secured, variable)
		secured, err = c.WithOwnTemporal("127.0.0.1:7233").TLSToTemporal()
		require.NoError(t, err, variable)
		require.Nil(t, secured, "the server of up speaks plain gRPC")
	}
	secured, err := mustLoad(t, map[string]string{"TEMPORAL_TLS": "false"}).TLSToTemporal()
	require.NoError(t, err)
	require.Nil(t, secured)
}

func TestProblemsOfTLSToTemporal(t *testing.T) {
	t.Parallel()
	const authorities, cert, key = "TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH"
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for want, environment := range map[string]map[string]string{
		authorities + ": open /nowhere: no such file or directory":       {authorities: "/nowhere"},
		authorities + ": " + empty + " holds no certificate in PEM":      {authorities: empty},
		key + ": not set, but " + cert + " is":                           {cert: empty},
		cert + ": not set, but " + key + " is":                           {key: empty},
		cert + ": tls: failed to find any PEM data in certificate input": {cert: empty, key: empty},
	} {
		_, err := mustLoad(t, environment).TLSToTemporal()
		require.EqualError(t, err, want)
	}
}
