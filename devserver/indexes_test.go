package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log"
)

// An attribute that no workflow has costs no write anything, and one that some
// have is found by its index as before.
func TestIndexesHoldOnlyValuesThatThereAre(t *testing.T) {
	t.Parallel()
	prefix := newPrefix()
	u := shared.url()
	require.NoError(t, installSchemas(t.Context(), u, prefix, log.NewNoopLogger()))
	database := visibilityDatabase(prefix)

	full := query[[]string](t, u, database, `
		SELECT array_agg(indexname::text ORDER BY indexname) FROM pg_indexes
		WHERE tablename = 'executions_visibility' AND indexdef NOT LIKE '%IS NOT NULL)'`)
	require.Equal(t, []string{
		"by_execution_time", "by_root_run_id", "by_root_workflow_id", "by_status", "by_task_queue", "by_workflow_id",
		"by_workflow_type", "default_idx", "executions_visibility_pkey",
	}, full)
	conn, err := connect(t.Context(), u, database)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), "SET enable_seqscan = off") // there is nothing to scan
	require.NoError(t, err)
	for index, condition := range map[string]string{
		"by_keyword_05":               "Keyword05 = 'hot'",
		"by_int_01":                   "Int01 >= 70",
		"by_keyword_list_01":          `KeywordList01 @> '["a"]'`,
		"by_text_01":                  "Text01 @@ 'word'::tsquery",
		"by_temporal_schedule_paused": "TemporalSchedulePaused = true",
	} {
		var plan string
		require.NoError(t, conn.QueryRow(t.Context(),
			"EXPLAIN (FORMAT JSON) SELECT run_id FROM executions_visibility WHERE "+condition).Scan(&plan))
		require.Contains(t, plan, `"`+index+`"`, condition)
	}
}
