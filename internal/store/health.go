package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"leadrail/models"
)

// ServerVersion returns the major version of the PostgreSQL server.
func (s *Store) ServerVersion(ctx context.Context) (int, error) {
	var major int
	err := s.db.WithContext(ctx).Raw("SELECT current_setting('server_version_num')::int / 10000").Scan(&major).Error
	return major, wrap(err, "ask for the server's version")
}

// SchemaVersion returns the version of the database's schema, 0 where there is
// none, and the one that this binary brings. It changes nothing.
func (s *Store) SchemaVersion(ctx context.Context) (current, known int64, err error) {
	if known, err = knownSchema(); err != nil {
		return 0, 0, err
	}
	const undefinedTable = "42P01" // PostgreSQL manual, appendix A
	err = s.db.WithContext(ctx).Raw("SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&current).Error
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == undefinedTable {
		return 0, known, nil
	}
	return current, known, wrap(err, "read schema version")
}

// knownSchema returns the number of the newest migration.
func knownSchema() (int64, error) {
	names, err := fs.Glob(Migrations(), "*.sql")
	if err != nil {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	return goose.NumericComponent(names[len(names)-1]) // in order, and there is one at least
}

// FormAction is an action that new leads of a form meet, with where it goes.
type FormAction struct {
	// Form and Action are names.
	Form   string
	Action string
	// ActionID is what Headers and SealedURL are bound to.
	ActionID string
	// URL is a webhook's, SealedURL a Slack message's.
	URL       string
	SealedURL models.Sealed
	Headers   models.Sealed
	Enabled   bool
}

// FormActions reads the actions of the newest version of every form, in the
// order of their names.
func (s *Store) FormActions(ctx context.Context) ([]FormAction, error) {
	var actions []FormAction
	err := s.db.WithContext(ctx).Raw(`
		SELECT f.name AS form, d.name AS action, d.action_id, d.url, d.sealed_url, d.headers, d.enabled
		FROM forms f
		JOIN form_versions v ON v.form_id = f.id AND v.version = f.version
		JOIN destinations d ON d.form_id = f.id
		WHERE f.deleted_at IS NULL AND v.definition->'actions' @> jsonb_build_array(jsonb_build_object('id', d.action_id))
		ORDER BY f.name, d.name, d.action_id`).Scan(&actions).Error
	return actions, wrap(err, "read actions")
}
