package app_test

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/app"
)

// closedPort returns the address of a port that nobody listens on.
func closedPort(t *testing.T) *net.TCPAddr {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr)
}

func TestDoctorLooksForUp(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.config.DatabaseURL, p.config.TemporalAddress, p.config.SealKeys = "", "", ""
	p.config.DataDir = t.TempDir()
	p.config.PostgresPort, p.config.TemporalListen = closedPort(t).Port, closedPort(t).String()
	troubles, err := p.diagnose(t)
	require.EqualError(t, err, "3 of 12 checks failed")
	report := strings.Join(troubles, "\n")
	require.Contains(t, report, "fail configuration: no keys of leadrail up in "+p.config.DataDir+": start it,")
	require.Contains(t, report, "fail postgres: leadrail up does not run here: start it, or set DATABASE_URL (")
	require.Contains(t, report, "fail temporal: leadrail up does not run here: start it, or set TEMPORAL_ADDRESS (")
}

func TestDoctorKnowsWhatUpDoesByItself(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.config.DataDir = t.TempDir()
	p.config.AdminKey, p.config.SealKeys = "", ""
	_, err := app.WithLocalKeys(p.config)
	require.NoError(t, err)
	p.config.TemporalAddress, p.config.TemporalListen = "", p.temporal.address
	p.config.Listen = "127.0.0.1:18080"
	p.form(t, email(), webhook("receiver", "http://127.0.0.1:18080/demo/receiver"))

	troubles, err := p.diagnose(t)
	require.NoError(t, err)
	require.Empty(t, troubles, "keys from the data directory, the receiver and the outbox are as they should be")
}
