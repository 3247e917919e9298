package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// Submission reads a lead with its deliveries and their attempts, oldest
// attempt first.
func (s *Store) Submission(ctx context.Context, id string) (models.Submission, error) {
	var row models.Submission
	if err := withDeliveries(s.db.WithContext(ctx)).Take(&row, "id = ?", id).Error; err != nil {
		return models.Submission{}, read(err, "submission")
	}
	rows := []models.Submission{row}
	err := s.complete(ctx, rows)
	return rows[0], err
}

// SubmissionFilter selects leads. Zero fields select everything.
type SubmissionFilter struct {
	FormID         string        `json:"formId,omitempty"`
	AgentIDs       []string      `json:"agentIds,omitempty"`
	ConversationID string        `json:"conversationId,omitempty"`
	Status         models.Status `json:"status,omitempty"`
	Tier           string        `json:"tier,omitempty"`
	// Team is a team's name, Assignee a member's address.
	Team     string `json:"team,omitempty"`
	Assignee string `json:"assignee,omitempty"`
	MinScore *int   `json:"minScore,omitempty"`
	// From is the first moment of submission that counts, To the first that
	// does not.
	From *time.Time `json:"from,omitempty"`
	To   *time.Time `json:"to,omitempty"`
	// Query is looked for in the values of the form data, in whatever case.
	Query string `json:"q,omitempty"`
	// ByScore sorts by score, highest first, instead of newest first.
	ByScore bool `json:"-"`
	// After continues behind the last lead of the page before.
	After *SubmissionCursor `json:"-"`
	// Limit is the size of the page; it must be positive.
	Limit int `json:"-"`
}

// SubmissionCursor is a place in an order of leads: newest first, the id
// deciding between leads of the same moment. Score is set in lists by score.
type SubmissionCursor struct {
	Score       *int      `json:"s,omitempty"`
	SubmittedAt time.Time `json:"t"`
	ID          string    `json:"id"`
}

// CursorAt returns the place of a lead in the filter's order.
func (f SubmissionFilter) CursorAt(lead models.Submission) SubmissionCursor {
	cursor := SubmissionCursor{SubmittedAt: lead.SubmittedAt, ID: lead.ID}
	if f.ByScore {
		cursor.Score = &lead.Score
	}
	return cursor
}

// Submissions reads a page of leads, newest or best first, with their
// deliveries. Leads that arrive between two pages never shift the second one.
func (s *Store) Submissions(ctx context.Context, filter SubmissionFilter) ([]models.Submission, error) {
	query := filter.page(filter.where(withDeliveries(s.db.WithContext(ctx))))
	var rows []models.Submission
	if err := query.Find(&rows).Error; err != nil {
		return nil, wrap(err, "read submissions")
	}
	return rows, s.complete(ctx, rows)
}

// where narrows a query to the leads that the filter selects.
func (f SubmissionFilter) where(query *gorm.DB) *gorm.DB {
	equals := map[string]string{
		"form_id": f.FormID, "conversation_id": f.ConversationID,
		"status": string(f.Status), "tier": f.Tier, "team": f.Team, "assignee": f.Assignee,
	}
	for column, value := range equals {
		if value != "" {
			query = query.Where(map[string]any{column: value})
		}
	}
	if len(f.AgentIDs) > 0 {
		query = query.Where("agent_id IN ?", f.AgentIDs)
	}
	if f.MinScore != nil {
		query = query.Where("score >= ?", *f.MinScore)
	}
	if f.From != nil {
		query = query.Where("submitted_at >= ?", *f.From)
	}
	if f.To != nil {
		query = query.Where("submitted_at < ?", *f.To)
	}
	if f.Query != "" {
		query = query.Where("EXISTS (SELECT 1 FROM jsonb_each_text(form_data) AS answer WHERE answer.value ILIKE ?)",
			"%"+likeEscaper.Replace(f.Query)+"%")
	}
	return query
}

// page orders and bounds a query.
func (f SubmissionFilter) page(query *gorm.DB) *gorm.DB {
	if !f.ByScore {
		if f.After != nil {
			query = query.Where("(submitted_at, id) < (?, ?)", f.After.SubmittedAt, f.After.ID)
		}
		return query.Order("submitted_at DESC, id DESC").Limit(f.Limit)
	}
	if f.After != nil {
		query = query.Where("(score, submitted_at, id) < (?, ?, ?)", f.After.Score, f.After.SubmittedAt, f.After.ID)
	}
	return query.Order("score DESC, submitted_at DESC, id DESC").Limit(f.Limit)
}

// likeEscaper keeps the wildcards of LIKE from meaning more than themselves.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// complete reads what else belongs to leads.
func (s *Store) complete(ctx context.Context, rows []models.Submission) error {
	if err := s.linkConversations(ctx, rows); err != nil {
		return err
	}
	return s.addTargets(ctx, rows)
}

func withDeliveries(db *gorm.DB) *gorm.DB {
	return db.
		Preload("Deliveries", func(tx *gorm.DB) *gorm.DB { return tx.Order("id") }).
		Preload("Deliveries.Attempts", func(tx *gorm.DB) *gorm.DB { return tx.Order("run_seq, n") })
}
