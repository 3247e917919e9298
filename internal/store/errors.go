package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"leadrail/models"
)

// wrap says what the store was doing, and makes a coded error of what the
// caller can act on: a database that is away is unavailable. Coded errors pass
// unchanged.
func wrap(err error, doing string) error {
	var coded *models.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &coded):
		return err
	case unstorable(err):
		return &models.Error{Code: models.CodeInvalid, Message: "A text has the character U+0000 or is not UTF-8, which cannot be stored."}
	case away(err):
		return errors.Join(&models.Error{
			Code: models.CodeUnavailable, Reason: "database_unavailable",
			Message: "The database does not answer; try again shortly.",
		}, fmt.Errorf("%s: %w", doing, err))
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}

// read is wrap for a single row: no such row is not found, and neither is one
// with a key that no row can have.
func read(err error, noun string) error {
	if errors.Is(err, gorm.ErrRecordNotFound) || unstorable(err) {
		return models.Errorf(models.CodeNotFound, "There is no such %s.", noun)
	}
	return wrap(err, "read "+noun)
}

// unstorable reports whether a value was a text that Postgres cannot hold:
// character_not_in_repertoire or untranslatable_character (PostgreSQL manual,
// appendix A).
func unstorable(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && (server.Code == "22021" || server.Code == "22P05")
}

// away reports whether the error tells of a database that cannot be reached or
// does not take queries now, rather than of a query that is wrong.
func away(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	var server *pgconn.PgError
	switch {
	case errors.As(err, &connect), errors.As(err, &network),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.DeadlineExceeded):
		return true
	case errors.As(err, &server):
		// Classes 08 connection exception, 53 insufficient resources, 57P
		// operator intervention (PostgreSQL manual, appendix A).
		return strings.HasPrefix(server.Code, "08") || strings.HasPrefix(server.Code, "53") ||
			strings.HasPrefix(server.Code, "57P")
	}
	return pgconn.SafeToRetry(err)
}
