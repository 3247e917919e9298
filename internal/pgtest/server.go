package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"

	"github.com/jackc/pgx/v5"
)

// Variable names the server to use instead of a throw-away cluster.
const Variable = "TEST_DATABASE_URL"

// shared is the server of this test process. It is a package variable because
// the tests of a binary share one cluster, the first of them starts it, and
// TestMain has no way to hand them anything.
var shared server

// server is the PostgreSQL that the databases are made on, chosen on first use.
type server struct {
	choose  sync.Once
	address string
	failed  error
	cluster *Cluster
	// strategy is how the server best copies a database.
	strategy string

	migrate     sync.Once
	migrated    string
	notMigrated error
}

// url returns the connection string of an existing database on the server.
func (s *server) url(ctx context.Context) (string, error) {
	s.choose.Do(func() { s.failed = s.find(context.WithoutCancel(ctx)) })
	return s.address, s.failed
}

func (s *server) find(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	if s.address = os.Getenv(Variable); s.address != "" {
		if err := checkURL(s.address); err != nil {
			return err
		}
	} else {
		cluster, err := StartCluster(ctx)
		if err != nil {
			return err
		}
		s.cluster, s.address = cluster, cluster.URL()
	}
	return s.chooseStrategy(ctx)
}

// chooseStrategy prefers copying files, which takes a third of the time of
// copying through the log (the default, and unknown before PostgreSQL 15) but
// needs two checkpoints: cheap only where nothing is flushed to disk.
func (s *server) chooseStrategy(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.address)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var cheap bool
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int >= 150000
		AND current_setting('fsync') = 'off'`).Scan(&cheap)
	if err != nil {
		return fmt.Errorf("ask the test server for its settings: %w", err)
	}
	if cheap {
		s.strategy = " STRATEGY file_copy"
	}
	return nil
}

// checkURL refuses the other form of connection strings, "host=… port=…",
// because a database name has to be put into it.
func checkURL(address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return errors.New(Variable + " is not a URL") // the cause repeats the password
	}
	if parsed.Scheme != "postgres" && parsed.Scheme != "postgresql" {
		return fmt.Errorf("%s must begin with postgres://", Variable)
	}
	return nil
}

// template returns the name of the migrated database to copy.
func (s *server) template(ctx context.Context, address string) (string, error) {
	s.migrate.Do(func() { s.migrated, s.notMigrated = ensureTemplate(context.WithoutCancel(ctx), address) })
	return s.migrated, s.notMigrated
}

func (s *server) stop() {
	if s.cluster == nil {
		return
	}
	if err := s.cluster.Stop(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
	}
}
