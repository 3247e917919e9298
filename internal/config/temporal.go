package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// WithOwnTemporal is the configuration of processes that use the Temporal server
// of "up" at an address: it speaks plain gRPC, whatever is set for another one.
func (c Config) WithOwnTemporal(address string) Config {
	c.TemporalAddress = address
	c.TemporalAPIKey, c.TemporalTLS = "", false
	c.TemporalCA, c.TemporalServerName, c.TemporalClientCert, c.TemporalClientKey = "", "", "", ""
	return c
}

// TLSToTemporal reads the files that say how to speak TLS to Temporal; it is nil
// for plain gRPC. An API key is never sent in the clear. The error names the
// variable to correct.
func (c Config) TLSToTemporal() (*tls.Config, error) {
	if !c.TemporalTLS && c.TemporalAPIKey == "" && c.TemporalCA == "" && c.TemporalServerName == "" &&
		c.TemporalClientCert == "" && c.TemporalClientKey == "" {
		return nil, nil //nolint:nilnil // as documented
	}
	secured := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.TemporalServerName}
	var err error
	if c.TemporalCA != "" {
		if secured.RootCAs, err = readAuthorities(c.TemporalCA); err != nil {
			return nil, fmt.Errorf("TEMPORAL_TLS_SERVER_CA_CERT_PATH: %w", err)
		}
	}
	switch {
	case c.TemporalClientCert == "" && c.TemporalClientKey == "":
		return secured, nil
	case c.TemporalClientKey == "":
		return nil, errors.New("TEMPORAL_TLS_CLIENT_KEY_PATH: not set, but TEMPORAL_TLS_CLIENT_CERT_PATH is")
	case c.TemporalClientCert == "":
		return nil, errors.New("TEMPORAL_TLS_CLIENT_CERT_PATH: not set, but TEMPORAL_TLS_CLIENT_KEY_PATH is")
	}
	shown, err := tls.LoadX509KeyPair(c.TemporalClientCert, c.TemporalClientKey)
	if err != nil {
		return nil, fmt.Errorf("TEMPORAL_TLS_CLIENT_CERT_PATH: %w", err)
	}
	secured.Certificates = []tls.Certificate{shown}
	return secured, nil
}

func readAuthorities(path string) (*x509.CertPool, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", path)
	}
	return pool, nil
}
