package localpg

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// CreateDatabase makes a database unless it is there.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	if err != nil && !alreadyThere(err) {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// alreadyThere covers both answers to a database that exists: found at once,
// and found by the unique index because another session was faster.
func alreadyThere(err error) bool {
	const duplicateDatabase, uniqueViolation = "42P04", "23505"
	var refused *pgconn.PgError
	return errors.As(err, &refused) && slices.Contains([]string{duplicateDatabase, uniqueViolation}, refused.Code)
}
