package webhook_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// authority signs certificates for the tests' endpoints.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, // serves as a self-signed endpoint too
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	return authority{certificate: certificate, key: key}
}

// issue makes a certificate for 127.0.0.1, after change had its way with it.
func (a authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "endpoint"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"hooks.example.com"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(template)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

func (a authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// client trusts the authority.
func (a authority) client() *webhook.Client {
	return webhook.NewClient(webhook.Options{Guard: loopback(), RootCAs: a.pool()})
}

// serveTLS starts an endpoint that answers 200 over TLS.
func serveTLS(t *testing.T, config *tls.Config) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Proto", r.Proto)
		_, _ = io.WriteString(w, `"`+r.Proto+`"`)
	}))
	server.TLS = config
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func unchanged(*x509.Certificate) {}

func TestTLSDelivers(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.issue(t, unchanged)}})
	response := post(t, ca.client(), server.URL)
	require.True(t, response.Verdict.Delivered(), response.Verdict.Message)
	require.Equal(t, `"HTTP/1.1"`, response.Excerpt, "HTTP/2 is not offered")
	require.Positive(t, response.Phases.TLS)
	require.Positive(t, response.Phases.FirstByte)
}

func TestTLSBadCertificates(t *testing.T) {
	t.Parallel()
	trusted, stranger := newAuthority(t), newAuthority(t)
	tests := map[string]struct {
		certificate tls.Certificate
		message     string
	}{
		"expired": {
			trusted.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }),
			"The endpoint's certificate has expired or is not valid yet.",
		},
		"not yet valid": {
			trusted.issue(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }),
			"The endpoint's certificate has expired or is not valid yet.",
		},
		"another address": {
			trusted.issue(t, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)} }),
			"The endpoint's certificate is for another host.",
		},
		"unknown authority": {
			stranger.issue(t, unchanged),
			"The endpoint's certificate is not signed by a known authority.",
		},
		"self-signed": {
			tls.Certificate{Certificate: [][]byte{stranger.certificate.Raw}, PrivateKey: stranger.key},
			"The endpoint's certificate is not signed by a known authority.",
		},
		"for clients only": {
			trusted.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			"No secure connection to the endpoint could be agreed on.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{test.certificate}})
			response := post(t, trusted.client(), server.URL)
			requireRetry(t, response, models.ErrorTLS)
			require.Equal(t, test.message, response.Verdict.Message)
		})
	}
}

func TestTLSBadEndpoints(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	certificates := []tls.Certificate{ca.issue(t, unchanged)}
	strict := func(version uint16) func(*endpoint, net.Conn) {
		return func(_ *endpoint, conn net.Conn) {
			_ = tls.Server(conn, &tls.Config{Certificates: certificates, MaxVersion: version, ClientAuth: tls.RequireAnyClientCert}).Handshake()
			hold("")(conn)
		}
	}
	tests := map[string]struct {
		script func(*endpoint, net.Conn)
		code   models.ErrorCode
	}{
		"client certificate, TLS 1.2": {strict(tls.VersionTLS12), models.ErrorTLS},
		"client certificate, TLS 1.3": {strict(tls.VersionTLS13), models.ErrorTLS},
		"TLS 1.1 only": {func(_ *endpoint, conn net.Conn) {
			_ = tls.Server(conn, &tls.Config{Certificates: certificates, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}).Handshake()
		}, models.ErrorTLS},
		"no common protocol": {func(_ *endpoint, conn net.Conn) {
			_ = tls.Server(conn, &tls.Config{Certificates: certificates, NextProtos: []string{"other"}}).Handshake()
		}, models.ErrorTLS},
		"HTTP/2 frames": {func(_ *endpoint, conn net.Conn) {
			secured := tls.Server(conn, &tls.Config{Certificates: certificates})
			_, _ = secured.Read(make([]byte, 4096))
			say("\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02")(secured)
		}, models.ErrorProtocol},
		"plain HTTP": {func(_ *endpoint, conn net.Conn) {
			hold("HTTP/1.1 400 Bad Request\r\n\r\n" + marker)(conn)
		}, models.ErrorTLS},
		"closes in handshake": {func(_ *endpoint, conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
		}, models.ErrorConnectionReset},
		"resets in handshake": {func(_ *endpoint, conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
			reset("")(conn)
		}, models.ErrorConnectionReset},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := accept(t, test.script)
			requireRetry(t, post(t, ca.client(), "https://"+server.address), test.code)
		})
	}
}

func TestTLSHandshakeThatNeverFinishes(t *testing.T) {
	t.Parallel()
	server := accept(t, func(_ *endpoint, conn net.Conn) { hold("")(conn) })
	response := post(t, newClient(webhook.Limits{TLS: 100 * time.Millisecond}), "https://"+server.address)
	requireRetry(t, response, models.ErrorTimeout)
	require.Equal(t, "The TLS handshake with the endpoint did not finish in time.", response.Verdict.Message)
	require.Equal(t, server.address, response.Address.String())
}

func TestHTTPToATLSPort(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	server := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.issue(t, unchanged)}})
	response := post(t, ca.client(), "http://"+server.Listener.Addr().String())
	requireRetry(t, response, models.ErrorHTTPStatus)
	require.Equal(t, http.StatusBadRequest, response.Verdict.HTTPStatus)
}

func TestTLSNamesTheHostItConnectsTo(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	for host, code := range map[string]models.ErrorCode{"hooks.example.com": "", "HOOKS.example.com": "", "other.example.com": models.ErrorTLS} {
		names := make(chan string, 1)
		server := serveTLS(t, &tls.Config{
			Certificates: []tls.Certificate{ca.issue(t, unchanged)},
			GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				names <- hello.ServerName
				return nil, nil //nolint:nilnil // keeps the configuration, as crypto/tls asks
			},
		})
		client := webhook.NewClient(webhook.Options{
			Guard: loopback(), RootCAs: ca.pool(), Resolver: &answers{list: [][]string{{"127.0.0.1"}}},
		})
		_, port, err := net.SplitHostPort(server.Listener.Addr().String())
		require.NoError(t, err)
		response := post(t, client, "https://"+host+":"+port)
		require.Equal(t, code, response.Verdict.Code)
		require.Equal(t, host, <-names)
	}
}
