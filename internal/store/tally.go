package store

import (
	"context"
	"strings"
)

// Tally counts what is known of a form's leads.
type Tally struct {
	FormID string
	// Impressions and Starts count the leads that tell when the form was shown, and
	// when it was begun.
	Impressions int
	Starts      int
	Submissions int
	Completed   int
	Failed      int
	// AvgCompletionMS is the average time from the start to the submission in
	// milliseconds, at least 0; 0 without starts.
	AvgCompletionMS float64 `gorm:"column:avg_completion_ms"`
}

const tallyQuery = `SELECT form_id,
		count(impression_at) AS impressions, count(started_at) AS starts, count(*) AS submissions,
		count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'failed') AS failed,
		coalesce(avg(greatest(extract(epoch FROM submitted_at - started_at), 0)) FILTER (WHERE started_at IS NOT NULL), 0) * 1000
			AS avg_completion_ms
	FROM submissions WHERE form_id = ANY (string_to_array(?, ','))
	GROUP BY form_id`

// Tallies counts the leads of forms, by the forms' ids. Forms without leads are
// missing.
func (s *Store) Tallies(ctx context.Context, formIDs []string) (map[string]Tally, error) {
	var rows []Tally
	if err := s.db.WithContext(ctx).Raw(tallyQuery, strings.Join(formIDs, ",")).Scan(&rows).Error; err != nil {
		return nil, wrap(err, "count leads")
	}
	found := make(map[string]Tally, len(rows))
	for _, row := range rows {
		found[row.FormID] = row
	}
	return found, nil
}
