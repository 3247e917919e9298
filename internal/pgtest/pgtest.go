package pgtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// bound is how long any one step on the server may take.
const bound = time.Minute

// New returns the URL of a database with the current schema, dropped when the
// test ends. It is a copy of a template made once per schema.
func New(t testing.TB) string {
	t.Helper()
	server := serverURL(t)
	template, err := shared.template(t.Context(), server)
	if err != nil {
		t.Fatalf("prepare the template database: %v", err)
	}
	return create(t, server, template)
}

// Empty returns the URL of a database without a schema, dropped when the test
// ends.
func Empty(t testing.TB) string {
	t.Helper()
	return create(t, serverURL(t), "template0")
}

// Main runs the tests of a package and ends the throw-away cluster, if one was
// started. Call it from TestMain and return: the exit code is that of the
// tests.
func Main(m *testing.M) {
	defer shared.stop()
	m.Run()
}

func serverURL(t testing.TB) string {
	t.Helper()
	server, err := shared.url(t.Context())
	if err != nil {
		t.Fatalf("a test needs PostgreSQL: %v", err)
	}
	return server
}

func create(t testing.TB, server, template string) string {
	t.Helper()
	name := "leadrail_test_" + randomHex()
	if err := execute(t.Context(), server, createFrom(name, template)+shared.strategy); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := execute(context.Background(), server, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
			t.Errorf("drop a database: %v", err)
		}
	})
	return withDatabase(server, name)
}

// execute runs statements one by one, as CREATE DATABASE demands, on a
// connection of their own.
func execute(ctx context.Context, server string, statements ...string) error {
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func createFrom(name, template string) string {
	return "CREATE DATABASE " + quote(name) + " TEMPLATE " + quote(template)
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// withDatabase points a checked server URL at another database.
func withDatabase(server, name string) string {
	address, err := url.Parse(server)
	if err != nil {
		panic(err) // checked when the server was chosen
	}
	address.Path = "/" + name
	return address.String()
}

func randomHex() string {
	var random [6]byte
	rand.Read(random[:]) // never returns an error
	return hex.EncodeToString(random[:])
}
