package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
)

// SQLSTATE codes of Postgres, appendix A of its manual.
const (
	codeUniqueViolation   = "23505"
	codeNoSuchDatabase    = "3D000"
	codeDuplicateDatabase = "42P04"
	codeStartingUp        = "57P03"
)

const (
	// The pools are per service, and four services run here: at most 56
	// connections in all.
	mainConns       = 10
	visibilityConns = 4
	connLifetime    = time.Hour
	retryInterval   = 100 * time.Millisecond
)

// parseDatabaseURL accepts what both pgx and the server's Postgres plugin
// understand. Errors never repeat the URL, which may hold a password.
func parseDatabaseURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, fmt.Errorf("missing; set it or %s", databaseURLEnv)
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return nil, errors.New("not a postgres:// URL")
	}
	if u.User.Username() == "" {
		return nil, errors.New("the URL names no user")
	}
	if password, _ := u.User.Password(); strings.Contains(password, " ") {
		return nil, errors.New("a password with a space does not survive the server's Postgres plugin")
	}
	if _, err := pgx.ParseConfig(s); err != nil {
		return nil, fmt.Errorf("not usable: %w", withoutURL(err))
	}
	return u, nil
}

// withoutURL is the error of a URL that pgx refuses, which would repeat it.
func withoutURL(err error) error {
	if refused, ok := errors.AsType[*pgconn.ParseConfigError](err); ok {
		refused.ConnString = "it"
	}
	return err
}

// sqlConfig describes one database to the Temporal server. Parameters of the
// URL (sslmode, sslrootcert, host of a Unix socket) are passed on.
func sqlConfig(u *url.URL, database string, conns int) *config.SQL {
	attributes := map[string]string{
		"application_name": "leadrail-temporal",
		"connect_timeout":  "5",
		"sslmode":          "prefer",
	}
	for key, values := range u.Query() {
		attributes[key] = values[0]
	}
	addr := u.Host
	if addr == "" {
		addr = "localhost"
	}
	password, _ := u.User.Password()
	return &config.SQL{
		PluginName:        postgresql.PluginNamePGX,
		ConnectProtocol:   "tcp",
		ConnectAddr:       addr,
		ConnectAttributes: attributes,
		User:              url.User(u.User.Username()).String(), // the plugin escapes the password only
		Password:          password,
		DatabaseName:      database,
		MaxConns:          conns,
		MaxIdleConns:      conns,
		MaxConnLifetime:   connLifetime,
	}
}

// connect opens one connection to the named database. It waits while Postgres
// is starting up or recovering; every other failure is final.
func connect(ctx context.Context, u *url.URL, database string) (*pgx.Conn, error) {
	target := *u
	target.Path = "/" + database
	for {
		conn, err := pgx.Connect(ctx, target.String())
		if code(err) != codeStartingUp {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case <-time.After(retryInterval):
		}
	}
}

// ensureDatabase creates the database unless it is there. A role without the
// right to create databases is enough once somebody else has done so.
func ensureDatabase(ctx context.Context, u *url.URL, database string) error {
	conn, err := connect(ctx, u, database)
	if err == nil {
		return conn.Close(ctx)
	}
	if code(err) != codeNoSuchDatabase {
		return err
	}
	conn, err = connect(ctx, u, maintenanceDatabase(u))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{database}.Sanitize())
	if c := code(err); c == codeDuplicateDatabase || c == codeUniqueViolation {
		return nil // another process was faster
	}
	return err
}

// maintenanceDatabase is where CREATE DATABASE is sent from: the one the URL
// names, else the one every Postgres server has.
func maintenanceDatabase(u *url.URL) string {
	if name := strings.TrimPrefix(u.Path, "/"); name != "" {
		return name
	}
	return "postgres"
}

// code is the SQLSTATE of an error of Postgres, or empty.
func code(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}
