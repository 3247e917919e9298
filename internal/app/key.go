package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"leadrail/internal/auth"
	"leadrail/internal/config"
	"leadrail/internal/store"
	"leadrail/models"
)

// KeyInput is a key as the command line asks for it.
type KeyInput struct {
	Name, Kind                string
	Scopes, AgentIDs, Origins []string
	ExpiresAt                 *time.Time
}

// Scopes lists the names of all scopes.
func Scopes() []string {
	var names []string
	for _, scope := range models.Scopes() {
		names = append(names, string(scope))
	}
	return names
}

// CreateKey makes a key straight in the database: that of the configuration, or
// without one that of the "up" that runs on this machine. The secret is shown
// nowhere else; it is there also where the audit could not be written.
func CreateKey(ctx context.Context, c config.Config, in KeyInput) (id, secret string, err error) {
	input := auth.KeyInput{
		Name: in.Name, Kind: models.KeyKind(in.Kind), AgentIDs: in.AgentIDs, Origins: in.Origins, ExpiresAt: models.AtOrNil(in.ExpiresAt),
	}
	for _, scope := range in.Scopes {
		input.Scopes = append(input.Scopes, models.Scope(scope))
	}
	err = withKeyStore(ctx, c, func(db *store.Store) error {
		made, err := (&auth.Keys{Store: db, Now: now}).CreateKey(ctx, input)
		if err != nil {
			return err
		}
		id, secret = made.ID, made.Secret
		return recordChange(ctx, db, "key.create", made.ID)
	})
	return id, secret, err
}

// RevokeKey ends a key for good, as CreateKey makes one.
func RevokeKey(ctx context.Context, c config.Config, id string) error {
	return withKeyStore(ctx, c, func(db *store.Store) error {
		if err := (&auth.Keys{Store: db, Now: now}).RevokeKey(ctx, auth.KeyRef{ID: id}); err != nil {
			return err
		}
		return recordChange(ctx, db, "key.revoke", id)
	})
}

func recordChange(ctx context.Context, db *store.Store, action, target string) error {
	audit := auth.Audit{Store: db, Now: now}
	return audit.Record(ctx, auth.Change{By: models.CommandLineID, Action: action, Target: target})
}

// ListKeys writes a line for each key, newest first.
func ListKeys(ctx context.Context, c config.Config, out io.Writer) error {
	return withKeyStore(ctx, c, func(db *store.Store) error {
		keys := &auth.Keys{Store: db, Now: now}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tNAME\tKIND\tSCOPES\tAGENTS\tCREATED\tLAST USED\tSTATE")
		in := auth.KeyListInput{Limit: models.MaxLimit}
		for {
			page, err := keys.Keys(ctx, in)
			if err != nil {
				return err
			}
			for _, key := range page.Data {
				writeKeyRow(table, key)
			}
			if page.NextCursor == nil {
				return table.Flush()
			}
			in.Cursor = *page.NextCursor
		}
	})
}

func writeKeyRow(table io.Writer, key auth.KeyView) {
	scopes := make([]string, len(key.Scopes))
	for i, scope := range key.Scopes {
		scopes[i] = string(scope)
	}
	agents, used := "all", "never"
	if len(key.AgentIDs) > 0 {
		agents = strings.Join(key.AgentIDs, ",")
	}
	if key.LastUsedAt != nil {
		used = key.LastUsedAt.Format(time.RFC3339)
	}
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", key.ID, key.Name, key.Kind, strings.Join(scopes, ","), agents,
		key.CreatedAt.Format(time.RFC3339), used, stateOf(key))
}

func stateOf(key auth.KeyView) string {
	switch {
	case key.RevokedAt != nil:
		return "revoked"
	case key.ExpiresAt == nil:
		return "works"
	case key.ExpiresAt.After(now()):
		return "works until " + key.ExpiresAt.Format(time.RFC3339)
	default:
		return "expired"
	}
}

// withKeyStore opens the database for a job, unless its schema is not this
// program's.
func withKeyStore(ctx context.Context, c config.Config, do func(*store.Store) error) error {
	url, hint := c.DatabaseURL.Reveal(), "see that the server of DATABASE_URL answers"
	if url == "" {
		url, hint = localDatabase(c.PostgresPort), "leadrail up does not run here: start it, or set DATABASE_URL"
	}
	db, err := store.Open(url, store.Options{MaxConnections: 1})
	if err != nil {
		// The error may quote the password.
		return errors.New("DATABASE_URL cannot be read: write it postgres://user:password@host:5432/database")
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	current, known, err := db.SchemaVersion(ctx)
	switch {
	case models.CodeOf(err) == models.CodeUnavailable:
		return fmt.Errorf("%s (%s)", hint, cause(err))
	case err != nil:
		return err
	case current != known:
		return fmt.Errorf("the schema of the database is at version %d, this program's at %d: run leadrail migrate, or a newer leadrail", current, known)
	}
	return do(db)
}
