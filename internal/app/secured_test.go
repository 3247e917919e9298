package app_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// authority signs certificates, and keeps all it makes as PEM files in a folder.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.issue(t, "authority", &x509.Certificate{IsCA: true, BasicConstraintsValid: true})
	return a
}

// issue signs a certificate for the name, or has it sign itself where it is the
// authority's own.
func (a *authority) issue(t *testing.T, name string, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template.SerialNumber, template.DNSNames = big.NewInt(time.Now().UnixNano()), []string{name}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	a.write(t, name+".pem", "CERTIFICATE", signed)
	a.write(t, name+".key", "PRIVATE KEY", private)
	cert, err := x509.ParseCertificate(signed)
	require.NoError(t, err)
	return cert, key
}

func (a *authority) write(t *testing.T, file, kind string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(a.path(file), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
}

func (a *authority) path(file string) string { return filepath.Join(a.dir, file) }

// serves makes a server show the certificate of the name, and take clients with one
// of the same authority only.
func (a *authority) serves(t *testing.T, name string) grpc.ServerOption {
	t.Helper()
	a.issue(t, name, &x509.Certificate{})
	shown, err := tls.LoadX509KeyPair(a.path(name+".pem"), a.path(name+".key"))
	require.NoError(t, err)
	clients := x509.NewCertPool()
	clients.AddCert(a.cert)
	return grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{shown}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients,
	}))
}

// asksFor makes a server refuse calls without the API key.
func asksFor(key string) grpc.ServerOption {
	return grpc.UnaryInterceptor(func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		if sent := metadata.ValueFromIncomingContext(ctx, "authorization"); strings.Join(sent, ",") != "Bearer "+key {
			return nil, status.Error(codes.PermissionDenied, "no key")
		}
		return handle(ctx, request)
	})
}

func TestTemporalBehindTLSAndAnAPIKey(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.issue(t, "leadrail", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	server := startFrontend(t, a.serves(t, "temporal.example.com"), asksFor("key-of-the-namespace"))
	for name, c := range map[string]struct {
		spoil   func(*patient)
		trouble string
	}{
		"all is set":                 {func(*patient) {}, ""},
		"no API key":                 {func(p *patient) { p.config.TemporalAPIKey = "" }, "no key"},
		"no certificate of ours":     {func(p *patient) { p.config.TemporalClientCert, p.config.TemporalClientKey = "", "" }, "connect to Temporal at"},
		"another name":               {func(p *patient) { p.config.TemporalServerName = "" }, "127.0.0.1"},
		"an authority it is not of":  {func(p *patient) { p.config.TemporalCA = "" }, "certificate"},
		"a file that is not there":   {func(p *patient) { p.config.TemporalCA = a.path("none.pem") }, "TEMPORAL_TLS_SERVER_CA_CERT_PATH"},
		"the address of another one": {func(p *patient) { p.config.TemporalAddress = p.temporal.address }, "handshake"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			p.config.TemporalAddress, p.config.TemporalAPIKey = server.address, "key-of-the-namespace"
			p.config.TemporalServerName, p.config.TemporalCA = "temporal.example.com", a.path("authority.pem")
			p.config.TemporalClientCert, p.config.TemporalClientKey = a.path("leadrail.pem"), a.path("leadrail.key")
			c.spoil(p)
			troubles, err := p.diagnose(t)
			if c.trouble == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			require.Contains(t, troubles[0], "fail temporal: ")
			require.Contains(t, troubles[0], c.trouble)
		})
	}
}
