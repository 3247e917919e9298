package main

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// leanIndexes gives every index over an optional column of the visibility table
// the condition that the column has a value. The stock schema prepares some
// sixty search attributes and indexes each; a workflow has a handful, and yet
// each of its three writes went to all the indexes. A comparison with a value
// implies that there is one, and so uses the index still. Names stay: later
// versions of the schema find what they change, and what they make anew is done
// after them.
const leanIndexes = `
DO $$
DECLARE full_index record;
BEGIN
  FOR full_index IN
    SELECT class.relname AS name, pg_get_indexdef(index.indexrelid) AS definition, attribute.attname AS column_name
    FROM pg_index AS index
    JOIN pg_class AS class ON class.oid = index.indexrelid
    JOIN pg_attribute AS attribute ON attribute.attrelid = index.indrelid AND attribute.attnum = index.indkey[1]
    WHERE index.indrelid = 'executions_visibility'::regclass
      AND index.indpred IS NULL AND NOT index.indisunique AND NOT attribute.attnotnull
  LOOP
    EXECUTE format('DROP INDEX %I', full_index.name);
    EXECUTE full_index.definition || format(' WHERE %I IS NOT NULL', full_index.column_name);
  END LOOP;
END $$`

// leanVisibility applies leanIndexes. It changes nothing where that was done.
func leanVisibility(ctx context.Context, session *pgx.Conn) error {
	_, err := session.Exec(ctx, leanIndexes)
	return err
}
