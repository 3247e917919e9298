package leads

import (
	"context"

	"leadrail/internal/store"
	"leadrail/models"
)

// ListInput selects leads; absent parameters select everything.
type ListInput struct {
	FormID         string        `form:"formId"`
	AgentID        string        `form:"agentId"`
	ConversationID string        `form:"conversationId"`
	Status         models.Status `form:"status"`
	Tier           string        `form:"tier"`
	// Team is a team's name, Assignee a member's address.
	Team     string            `form:"team"`
	Assignee string            `form:"assignee"`
	MinScore *int              `form:"minScore"`
	From     *models.Timestamp `form:"from"`
	To       *models.Timestamp `form:"to"`
	// Query is looked for in the answers, in whatever case.
	Query string `form:"q"`
	// Sort is "submittedAt", the default, or "score"; both highest first.
	Sort   string `form:"sort"`
	Limit  int    `form:"limit"`
	Cursor string `form:"cursor"`
}

// Submissions lists leads, newest or best first. It reads the database alone, so
// a lead that was accepted a moment ago may be missing for a moment more. A key
// that is bound to agents sees theirs alone.
func (s *Service) Submissions(ctx context.Context, in ListInput) (models.Page[Submission], error) {
	filter, err := in.filter(models.PrincipalOf(ctx))
	if err != nil {
		return models.Page[Submission]{}, err
	}
	limit := filter.Limit
	filter.Limit++
	rows, err := s.Store.Submissions(ctx, filter)
	if err != nil {
		return models.Page[Submission]{}, err
	}
	return models.NewPage(rows, limit, s.view, filter.CursorAt)
}

// Orders of a list.
const (
	sortSubmittedAt = "submittedAt"
	sortScore       = "score"
)

// filter selects what the caller may see of what it asks for.
func (in ListInput) filter(caller models.Principal) (store.SubmissionFilter, error) {
	if in.Status != "" && !in.Status.Valid() {
		return store.SubmissionFilter{}, models.InvalidField("status", "option",
			"A status is pending, retrying, completed or failed.")
	}
	if in.Sort != "" && in.Sort != sortSubmittedAt && in.Sort != sortScore {
		return store.SubmissionFilter{}, models.InvalidField("sort", "option", "Sort by submittedAt or by score.")
	}
	agents, err := caller.Agents(in.AgentID)
	if err != nil {
		return store.SubmissionFilter{}, err
	}
	limit, err := models.CheckLimit(in.Limit)
	if err != nil {
		return store.SubmissionFilter{}, err
	}
	byScore := in.Sort == sortScore
	after, err := models.ReadCursor[store.SubmissionCursor](in.Cursor)
	if err == nil && after != nil && (after.Score != nil) != byScore {
		err = models.InvalidField("cursor", "invalid", "The cursor belongs to a list in another order.")
	}
	if err != nil {
		return store.SubmissionFilter{}, err
	}
	return store.SubmissionFilter{
		FormID:         in.FormID,
		AgentIDs:       agents,
		ConversationID: in.ConversationID,
		Status:         in.Status,
		Tier:           in.Tier,
		Team:           in.Team,
		Assignee:       in.Assignee,
		MinScore:       in.MinScore,
		From:           timeOf(in.From),
		To:             timeOf(in.To),
		Query:          in.Query,
		ByScore:        byScore,
		After:          after,
		Limit:          limit,
	}, nil
}
