package localpg_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"leadrail/internal/localpg"
)

// ownerVariable makes the test binary an owner of the folder it names.
const ownerVariable = "LOCALPG_TEST_OWNER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerVariable); dir != "" {
		own(dir)
	}
	goleak.VerifyTestMain(m)
}

// own starts a server, tells its process id and waits to be killed.
func own(dir string) {
	server, err := localpg.Start(context.Background(), localpg.Options{Dir: dir, Volatile: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.Pid())
	select {}
}

// folder returns a data folder that any user can reach; t.TempDir has a
// parent that only its owner can enter.
func folder(t *testing.T) string {
	t.Helper()
	parent, err := os.MkdirTemp("", "localpg-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(parent, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(parent)) })
	return filepath.Join(parent, "postgres")
}

func volatile(t *testing.T) localpg.Options {
	t.Helper()
	return localpg.Options{Dir: folder(t), Volatile: true}
}

// bounded gives a test long enough for a slow machine and no longer.
func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, opts localpg.Options) *localpg.Server {
	t.Helper()
	server, err := localpg.Start(bounded(t), opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop(context.Background())) })
	return server
}

// query runs one statement and returns the text of its single value.
func query(t *testing.T, server *localpg.Server, sql string) string {
	t.Helper()
	ctx := bounded(t)
	conn, err := pgx.Connect(ctx, server.URL("postgres"))
	require.NoError(t, err)
	defer conn.Close(ctx)
	var value string
	require.NoError(t, conn.QueryRow(ctx, sql).Scan(&value))
	return value
}

// remember writes a row that recalls finds after a restart.
func remember(t *testing.T, server *localpg.Server, text string) {
	t.Helper()
	ctx := bounded(t)
	conn, err := pgx.Connect(ctx, server.URL("postgres"))
	require.NoError(t, err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE memory AS SELECT $1::text AS text", text)
	require.NoError(t, err)
}

func recalls(t *testing.T, server *localpg.Server) string {
	t.Helper()
	return query(t, server, "SELECT text FROM memory")
}

// closed waits for a channel to be closed.
func closed(t *testing.T, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-bounded(t).Done():
		t.Fatal("still open after a minute")
	}
}
