package store_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// tableModels is one model for each table of the schema.
func tableModels() []any {
	return []any{
		&models.Alert{},
		&models.Attempt{},
		&models.Audit{},
		&models.ClientResult{},
		&models.Conversation{},
		&models.Delivery{},
		&models.Destination{},
		&models.File{},
		&models.FileContent{},
		&models.Form{},
		&models.FormVersion{},
		&models.GateDecision{},
		&models.Intake{},
		&models.Key{},
		&models.Mail{},
		&models.Member{},
		&models.Refusal{},
		&models.Replay{},
		&models.ReplayLead{},
		&models.Routing{},
		&models.Secret{},
		&models.Submission{},
		&models.Target{},
		&models.Team{},
	}
}

func TestModelsAndSchemaAgree(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	conn := connect(t, url)
	db, err := gorm.Open(postgres.Open(url), &gorm.Config{
		Logger: logger.Discard,
		// Which keys there are is the migrations' business: a lead outlives its form.
		DisableForeignKeyConstraintWhenMigrating: true,
	})
	require.NoError(t, err)
	pool, err := db.DB()
	require.NoError(t, err)
	defer pool.Close()

	tables := []string{"installation"} // one secret, which no model carries about
	for _, model := range tableModels() {
		statement := &gorm.Statement{DB: db}
		require.NoError(t, statement.Parse(model))
		tables = append(tables, statement.Schema.Table)
		columns, err := db.Migrator().ColumnTypes(model)
		require.NoError(t, err)
		demandNotNull(statement.Schema, columns)
	}
	slices.Sort(tables)
	require.Equal(t, tablesOf(t, conn), tables, "every table has a model in tableModels, and the reverse")

	before := withoutDefaults(catalog(t, conn))
	require.NoError(t, db.AutoMigrate(tableModels()...))
	require.Empty(t, cmp.Diff(before, withoutDefaults(catalog(t, conn))), "the models need something that no migration makes")
}

// demandNotNull makes AutoMigrate ask for what the Go types imply: NULL needs a
// pointer. A nil slice is stored either way, so there the migration decides.
func demandNotNull(table *schema.Schema, columns []gorm.ColumnType) {
	nullable := map[string]bool{}
	for _, column := range columns {
		nullable[column.Name()], _ = column.Nullable()
	}
	for _, field := range table.Fields {
		switch field.FieldType.Kind() {
		case reflect.Pointer:
			field.NotNull = false
		case reflect.Slice:
			field.NotNull = !nullable[field.DBName]
		default:
			field.NotNull = true
		}
	}
}

// withoutDefaults drops what is there for rows of before a column: gorm always
// writes every field.
func withoutDefaults(lines []string) []string {
	cut := make([]string, len(lines))
	for i, line := range lines {
		cut[i] = line
		if strings.HasPrefix(line, "column ") {
			cut[i], _, _ = strings.Cut(line, " = ")
		}
	}
	return cut
}

// rowsAfter are statements that put a row into each table that the migration
// of the number made.
var rowsAfter = map[int64]string{
	1: `INSERT INTO forms VALUES ('form_1', 'agent_1', 'contact', 1, true, now(), now());
	    INSERT INTO form_versions VALUES ('form_1', 1, '{}', now());
	    INSERT INTO destinations VALUES ('act_1', 'form_1', 'crm', 'https://example.com', NULL, true, '', now())`,
	2: `INSERT INTO submissions (id, form_id, form_version, form_name, agent_id, conversation_id, session_id, form_data,
	           fields_completed, submitted_at, status, failure_reason, run_seq)
	    VALUES ('sub_1', 'form_1', 1, 'contact', 'agent_1', '', '', '{}', '[]', now(), 'pending', '', 1);
	    INSERT INTO deliveries VALUES ('dlv_1', 'sub_1', 'act_1', 'crm', 'webhook', 'pending', 1, 0, '', '', NULL, now(), now());
	    INSERT INTO attempts VALUES ('dlv_1', 1, 1, 'first', now(), NULL, 0, '', 0, '', '', 0, '', '')`,
	3: `INSERT INTO teams VALUES ('team_1', 'sales', '[]', now(), now());
	    INSERT INTO team_members VALUES ('team_1', 'ann@example.com', 0, 1, 0, NULL, '', false, 0, '', 0)`,
	4: `INSERT INTO mails VALUES ('mail_1', 'dlv_1', 'from@example.com', '[]', '', '', '', '', now());
	    INSERT INTO alerts VALUES ('form_1', 'sub_1', now(), 0, 1)`,
	5: `INSERT INTO intake (id, form_id, form_version, form_name, agent_id, digest, lead, accepted_at, conflict)
	    VALUES ('sub_2', 'form_1', 1, 'contact', 'agent_1', '', '', now(), '')`,
	8: `INSERT INTO secrets VALUES ('form_1', 'sealed', NULL, NULL, now())`,
	11: `INSERT INTO keys VALUES ('key_1', 'site', 'secret', '["read"]', '[]', '[]', 'hash', now(), NULL, NULL, NULL);
	    INSERT INTO audit VALUES ('aud_1', now(), 'admin', 'key.create', 'key_1', 'req_1')`,
	12: `INSERT INTO refusals VALUES ('form_1', '2026-11-22', 'formData.email', 'required', 1)`,
	13: `INSERT INTO files VALUES ('file_1', 'form_1', 'cv', 'agent_1', 'cv.pdf', 'application/pdf', 1, '', now(), NULL, 'sub_1');
	     INSERT INTO file_contents VALUES ('file_1', '\x00')`,
	14: `INSERT INTO replays VALUES ('rpl_1', '{}', 'running', 1, 10, now(), NULL);
	     INSERT INTO replay_leads VALUES ('rpl_1', 'sub_1', 2)`,
	18: `INSERT INTO targets VALUES ('dlv_1', 1, 'https://example.com', 'sealed')`,
	19: `INSERT INTO conversations VALUES ('conv_1', 'agent_1', '', '', '[]', 0, now(), now());
	     INSERT INTO gate_decisions VALUES ('gate_1', 'agent_1', 'conv_1', '', 'form_1', 1, 'contact', now(), 0, '', true, false, 'form_disabled', '[]')`,
	20: `INSERT INTO client_results VALUES ('sub_1', 1, 'succeeded', '', 'sealed', now(), NULL)`,
}

func TestUpgradedEqualsFresh(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	conn := connect(t, url)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, store.Migrations())
	require.NoError(t, err)

	for _, source := range provider.ListSources() {
		requireRowsEverywhere(t, conn)
		_, err := provider.UpTo(t.Context(), source.Version)
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), rowsAfter[source.Version])
		require.NoError(t, err, "rows after migration %d", source.Version)
	}
	require.NoError(t, store.Migrate(t.Context(), url), "nothing is left to do")
	require.Empty(t, cmp.Diff(catalog(t, connect(t, pgtest.New(t))), catalog(t, conn)))
}

// requireRowsEverywhere checks that the next migration meets rows.
func requireRowsEverywhere(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for _, table := range tablesOf(t, conn) {
		var count int
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&count))
		require.Positive(t, count, "%s is empty: add a row to rowsAfter", table)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	conn := connect(t, url)
	before := catalog(t, conn)
	_, err := conn.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	require.NoError(t, err)

	err = store.Migrate(t.Context(), url)
	require.ErrorContains(t, err, "version 9999")
	require.ErrorContains(t, err, "start a newer binary")
	require.Equal(t, before, catalog(t, conn))
}

func TestMigrateMayRunAnywhereAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	const processes = 10
	errs := make([]error, processes)
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() { errs[i] = store.Migrate(t.Context(), url) })
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	conn := connect(t, url)
	require.Equal(t, catalog(t, connect(t, pgtest.New(t))), catalog(t, conn))
	repeated := lines(t, conn, "SELECT version_id::text FROM goose_db_version GROUP BY 1 HAVING count(*) > 1")
	require.Empty(t, repeated, "each migration ran once")
}

func TestMigrateTellsThatTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	require.Error(t, store.Migrate(t.Context(), closedPort(t)))
}

func TestMigrationFilesAreNumberedAndForwardOnly(t *testing.T) {
	t.Parallel()
	files, err := fs.ReadDir(store.Migrations(), ".")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, file := range files {
		require.Regexp(t, fmt.Sprintf(`^%05d_[a-z_]+\.sql$`, i+1), file.Name())
		text, err := fs.ReadFile(store.Migrations(), file.Name())
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(text), "-- +goose Up\n"), file.Name())
		require.NotContains(t, strings.ToLower(string(text)), "goose down", file.Name())
	}
}
