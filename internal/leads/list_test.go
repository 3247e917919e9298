package leads_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestListAsksTheDatabase(t *testing.T) {
	t.Parallel()
	from, to, score := models.At(start), models.At(start.Add(time.Hour)), 40
	for name, c := range map[string]struct {
		in   leads.ListInput
		want store.SubmissionFilter
	}{
		"for everything": {leads.ListInput{}, store.SubmissionFilter{Limit: models.DefaultLimit + 1}},
		"for all at once": {
			leads.ListInput{
				FormID: "form_1", AgentID: "agent_1", ConversationID: "conv_1", Status: models.StatusFailed, Tier: "hot",
				Team: "sales", Assignee: "ann@example.com", MinScore: &score, From: &from, To: &to, Query: "ada", Sort: "score", Limit: 7,
			},
			store.SubmissionFilter{
				FormID: "form_1", AgentIDs: []string{"agent_1"}, ConversationID: "conv_1", Status: models.StatusFailed, Tier: "hot",
				Team: "sales", Assignee: "ann@example.com", MinScore: &score, From: &from.Time, To: &to.Time, Query: "ada", ByScore: true, Limit: 8,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			var asked store.SubmissionFilter
			d.submissions = func(filter store.SubmissionFilter) ([]models.Submission, error) {
				asked = filter
				return nil, nil
			}
			page, err := d.Submissions(t.Context(), c.in)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(c.want, asked))
			require.Empty(t, cmp.Diff(models.Page[leads.Submission]{Data: []leads.Submission{}}, page))
		})
	}
}

func TestListRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submissions = func(filter store.SubmissionFilter) ([]models.Submission, error) {
		return make([]models.Submission, filter.Limit), nil
	}
	newest, err := d.Submissions(t.Context(), leads.ListInput{Limit: 1})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		in    leads.ListInput
		field string
	}{
		"a status that is none":      {leads.ListInput{Status: "done"}, "status"},
		"a delivery's status":        {leads.ListInput{Status: "delivered"}, "status"},
		"a limit below one":          {leads.ListInput{Limit: -1}, "limit"},
		"a limit above the largest":  {leads.ListInput{Limit: models.MaxLimit + 1}, "limit"},
		"an order that is none":      {leads.ListInput{Sort: "name"}, "sort"},
		"a cursor that is none":      {leads.ListInput{Cursor: "x"}, "cursor"},
		"a cursor of another order":  {leads.ListInput{Cursor: *newest.NextCursor, Sort: "score"}, "cursor"},
		"a cursor with a text added": {leads.ListInput{Cursor: *newest.NextCursor + "!"}, "cursor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := d.Submissions(t.Context(), c.in)
			var refused *models.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, models.CodeInvalid, refused.Code)
			require.Equal(t, c.field, refused.Fields[0].Field)
		})
	}
}

func TestTheCursorContinuesBehindThePage(t *testing.T) {
	t.Parallel()
	for _, sort := range []string{"submittedAt", "score"} {
		t.Run(sort, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			var asked store.SubmissionFilter
			d.submissions = func(filter store.SubmissionFilter) ([]models.Submission, error) {
				asked = filter
				rows := make([]models.Submission, 3)
				for i := range rows {
					rows[i] = models.Submission{ID: fmt.Sprintf("sub_%d", i), SubmittedAt: start, Score: 10 - i}
				}
				return rows, nil
			}
			page, err := d.Submissions(t.Context(), leads.ListInput{Sort: sort, Limit: 2})
			require.NoError(t, err)
			require.Len(t, page.Data, 2, "the third row only tells of a next page")
			_, err = d.Submissions(t.Context(), leads.ListInput{Sort: sort, Limit: 2, Cursor: *page.NextCursor})
			require.NoError(t, err)

			want := &store.SubmissionCursor{SubmittedAt: start, ID: "sub_1"} // to the microsecond and beyond
			if nine := 9; sort == "score" {
				want.Score = &nine
			}
			require.Empty(t, cmp.Diff(want, asked.After))
		})
	}
}

func TestListWithoutADatabase(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submissions = func(store.SubmissionFilter) ([]models.Submission, error) { return nil, away() }
	_, err := d.Submissions(t.Context(), leads.ListInput{})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
}

func TestACallerThatIsBoundToAgentsListsTheirLeadsAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var asked []string
	d.submissions = func(filter store.SubmissionFilter) ([]models.Submission, error) {
		asked = filter.AgentIDs
		return nil, nil
	}
	ctx := models.WithPrincipal(t.Context(), models.Principal{KeyID: "key_1", AgentIDs: []string{"agent_1", "agent_2"}})
	for agent, want := range map[string][]string{"": {"agent_1", "agent_2"}, "agent_2": {"agent_2"}} {
		_, err := d.Submissions(ctx, leads.ListInput{AgentID: agent})
		require.NoError(t, err)
		require.Equal(t, want, asked)
	}
	_, err := d.Submissions(ctx, leads.ListInput{AgentID: "agent_9"})
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
}
