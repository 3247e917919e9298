package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"leadrail/internal/store"
)

// templateLock is the advisory lock under which a template is made: several
// test processes can begin at once on one server.
const templateLock = 0x6c656164 // "lead"

// ensureTemplate returns the name of a database with the current schema. The
// name carries a hash of the migrations, so a server that outlives a change
// of the schema gets another template.
func ensureTemplate(ctx context.Context, server string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	name, err := templateName(store.Migrations())
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) // gives the lock up
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return "", fmt.Errorf("wait for other test processes: %w", err)
	}
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
	if err != nil {
		return "", fmt.Errorf("look for the template: %w", err)
	}
	if exists {
		return name, nil
	}
	return name, makeTemplate(ctx, conn, server, name)
}

// makeTemplate migrates under another name, so that a run that was killed
// leaves nothing that looks finished.
func makeTemplate(ctx context.Context, conn *pgx.Conn, server, name string) error {
	draft := name + "_new"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + quote(draft) + " WITH (FORCE)",
		createFrom(draft, "template0"),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("create the template: %w", err)
		}
	}
	if err := store.Migrate(ctx, withDatabase(server, draft)); err != nil {
		return err
	}
	for _, statement := range []string{
		"ALTER DATABASE " + quote(draft) + " WITH ALLOW_CONNECTIONS false", // a connection would block copies
		"ALTER DATABASE " + quote(draft) + " RENAME TO " + quote(name),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("finish the template: %w", err)
		}
	}
	return nil
}

// templateName hashes names and contents of all migrations.
func templateName(migrations fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", path, len(text))
		sum.Write(text) // never returns an error
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("hash the migrations: %w", err)
	}
	return "leadrail_template_" + hex.EncodeToString(sum.Sum(nil)[:6]), nil
}
