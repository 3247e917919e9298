package pgtest_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func TestClonesDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			conn := connect(t, pgtest.New(t))
			_, err := conn.Exec(t.Context(), "CREATE TABLE own AS SELECT $1::int AS number", i)
			require.NoError(t, err)
			var number int
			require.NoError(t, conn.QueryRow(t.Context(), "SELECT number FROM own").Scan(&number))
			require.Equal(t, i, number)
		})
	}
}

func TestNewIsMigratedAndEmptyIsNot(t *testing.T) {
	t.Parallel()
	const migrated = "SELECT EXISTS (SELECT FROM pg_tables WHERE tablename = 'goose_db_version')"
	var exists bool
	require.NoError(t, connect(t, pgtest.New(t)).QueryRow(t.Context(), migrated).Scan(&exists))
	require.True(t, exists)
	require.NoError(t, connect(t, pgtest.Empty(t)).QueryRow(t.Context(), migrated).Scan(&exists))
	require.False(t, exists)
}

func TestDatabaseIsDroppedUnderItsConnections(t *testing.T) {
	t.Parallel()
	observer := connect(t, pgtest.Empty(t))
	var name string
	t.Run("use", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), pgtest.New(t))
		require.NoError(t, err)
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT current_database()").Scan(&name))
	})
	var count int
	require.NoError(t, observer.QueryRow(t.Context(), "SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&count))
	require.Zero(t, count)
}

func TestTemplateNameFollowsTheMigrations(t *testing.T) {
	t.Parallel()
	name := func(files fstest.MapFS) string {
		name, err := pgtest.TemplateName(files)
		require.NoError(t, err)
		return name
	}
	one := name(fstest.MapFS{"1.sql": {Data: []byte("a")}})
	require.Equal(t, one, name(fstest.MapFS{"1.sql": {Data: []byte("a")}}))
	require.NotEqual(t, one, name(fstest.MapFS{"1.sql": {Data: []byte("b")}}))
	require.NotEqual(t, one, name(fstest.MapFS{"2.sql": {Data: []byte("a")}}))
	require.NotEqual(t, one, name(fstest.MapFS{"1.sql": {Data: []byte("a")}, "2.sql": {}}))
}

func TestServerURLIsChecked(t *testing.T) {
	t.Parallel()
	require.NoError(t, pgtest.CheckURL("postgres://localhost/postgres"))
	require.NoError(t, pgtest.CheckURL("postgresql://localhost/postgres"))
	require.ErrorContains(t, pgtest.CheckURL("host=localhost port=5432"), "postgres://")
	err := pgtest.CheckURL("postgres://me:secret@local host/%zz")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "secret")
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		pgtest.New(b)
	}
}
