package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/log"
	v12 "go.temporal.io/server/schema/postgresql/v12"
	schematool "go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
)

// schemaLock is the key of the advisory lock that keeps two processes from
// upgrading one database at the same time. Any constant would do.
const schemaLock = 7233_1965

// databaseSchema is one of the two databases and the schema it holds.
type databaseSchema struct {
	database string
	schema   string // folder in the server's embedded schemas
	version  string // what this server wants at least
	// finish changes what the schema's own files made; nil for nothing.
	finish func(ctx context.Context, session *pgx.Conn) error
}

func databaseSchemas(prefix string) []databaseSchema {
	return []databaseSchema{
		{mainDatabase(prefix), "postgresql/v12/temporal", v12.Version, nil},
		{visibilityDatabase(prefix), "postgresql/v12/visibility", v12.VisibilityVersion, leanVisibility},
	}
}

func mainDatabase(prefix string) string       { return prefix }
func visibilityDatabase(prefix string) string { return prefix + "_visibility" }

// installSchemas creates both databases and brings their schemas to the
// version of this server. It changes nothing when they are there already.
func installSchemas(ctx context.Context, u *url.URL, prefix string, logger log.Logger) error {
	for _, s := range databaseSchemas(prefix) {
		if err := ensureDatabase(ctx, u, s.database); err != nil {
			return fmt.Errorf("database %s: %w", s.database, err)
		}
		if err := s.upgrade(ctx, u, logger); err != nil {
			return fmt.Errorf("schema of database %s: %w", s.database, err)
		}
	}
	return nil
}

func (s databaseSchema) upgrade(ctx context.Context, u *url.URL, logger log.Logger) error {
	session, err := connect(ctx, u, s.database)
	if err != nil {
		return err
	}
	defer session.Close(context.WithoutCancel(ctx)) // and with the session ends its lock
	if err := lockSchema(ctx, session); err != nil {
		return err
	}
	conn, err := sqltool.NewConnection(sqlConfig(u, s.database, 1), logger)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ReadSchemaVersion(); err != nil { // no schema yet
		setup := &schematool.SetupConfig{InitialVersion: "0.0"}
		if err := schematool.NewSetupSchemaTask(conn, setup, logger).Run(); err != nil {
			return err
		}
	}
	update := &schematool.UpdateConfig{DBName: s.database, SchemaName: s.schema}
	if err := schematool.NewUpdateSchemaTask(conn, update, logger).Run(); err != nil {
		return err
	}
	if s.finish == nil {
		return nil
	}
	return s.finish(ctx, session)
}

// lockSchema waits for its turn by asking again and again: a session blocked
// inside pg_advisory_lock would hold a snapshot, and the CREATE INDEX
// CONCURRENTLY of the process whose turn it is would wait for that for ever.
func lockSchema(ctx context.Context, session *pgx.Conn) error {
	return poll(ctx, func(ctx context.Context) error {
		var locked bool
		err := session.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", schemaLock).Scan(&locked)
		if err == nil && !locked {
			err = errors.New("another process is upgrading it")
		}
		return err
	})
}
