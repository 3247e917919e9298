package store_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

// page reads one page, which must be readable.
func page(t *testing.T, s *store.Store, filter store.SubmissionFilter) []models.Submission {
	t.Helper()
	rows, err := s.Submissions(t.Context(), filter)
	require.NoError(t, err)
	return rows
}

func leadIDs(leads []models.Submission) []string {
	ids := make([]string, len(leads))
	for i, lead := range leads {
		ids[i] = lead.ID
	}
	return ids
}

func TestSubmissionOfNobody(t *testing.T) {
	t.Parallel()
	_, err := newStore(t).Submission(t.Context(), "sub_1")
	requireCode(t, models.CodeNotFound, err)
}

func TestSubmissionTellsInOrder(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm", "mailing")))
	storeLead(t, s, aLead("sub_1"), "mailing", "crm")
	for _, key := range []struct{ runSeq, n int }{{2, 1}, {1, 10}, {1, 2}} {
		attempt := opening(key.n)
		attempt.RunSeq = key.runSeq
		openAttempt(t, s, attempt)
	}
	for _, lead := range append(page(t, s, store.SubmissionFilter{Limit: 1}), read(t, s, "sub_1")) {
		require.Equal(t, "dlv_crm", lead.Deliveries[0].ID, "deliveries by id, which is by age")
		require.Equal(t, "dlv_mailing", lead.Deliveries[1].ID)
		var keys []string
		for _, attempt := range lead.Deliveries[0].Attempts {
			keys = append(keys, fmt.Sprintf("%d.%d", attempt.RunSeq, attempt.N))
		}
		require.Equal(t, []string{"1.2", "1.10", "2.1"}, keys, "oldest attempt first")
	}
}

func TestSubmissionsFilter(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i, change := range []func(*models.Submission){
		func(*models.Submission) {},
		func(lead *models.Submission) { lead.FormID = "form_2" },
		func(lead *models.Submission) { lead.AgentID = "agent_2" },
		func(lead *models.Submission) { lead.ConversationID = "conv_1" },
		func(lead *models.Submission) { lead.Status = models.StatusFailed },
		func(lead *models.Submission) { lead.Score, lead.Tier = 40, "hot" },
		func(lead *models.Submission) {
			lead.Score = 39
			lead.Assign(models.Assignment{Team: "sales", Assignee: "ann@example.com", At: start})
		},
	} {
		lead := aLead(numbered("sub", i))
		lead.SubmittedAt = minute(i)
		change(&lead)
		storeLead(t, s, lead)
	}
	at := func(n int) *time.Time { moment := minute(n); return &moment }
	number := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		filter store.SubmissionFilter
		want   []int
	}{
		"all, newest first":        {store.SubmissionFilter{}, []int{6, 5, 4, 3, 2, 1, 0}},
		"all, best first":          {store.SubmissionFilter{ByScore: true}, []int{5, 6, 4, 3, 2, 1, 0}},
		"of a form":                {store.SubmissionFilter{FormID: "form_2"}, []int{1}},
		"of an agent":              {store.SubmissionFilter{AgentIDs: []string{"agent_2"}}, []int{2}},
		"of several agents":        {store.SubmissionFilter{AgentIDs: []string{"agent_2", "agent_9"}}, []int{2}},
		"of a conversation":        {store.SubmissionFilter{ConversationID: "conv_1"}, []int{3}},
		"of a status":              {store.SubmissionFilter{Status: models.StatusFailed}, []int{4}},
		"of a tier":                {store.SubmissionFilter{Tier: "hot"}, []int{5}},
		"of a team":                {store.SubmissionFilter{Team: "sales"}, []int{6}},
		"of a member":              {store.SubmissionFilter{Assignee: "ann@example.com"}, []int{6}},
		"from a score, inclusive":  {store.SubmissionFilter{MinScore: number(40)}, []int{5}},
		"from below every score":   {store.SubmissionFilter{MinScore: number(-1), ByScore: true, Tier: "hot"}, []int{5}},
		"from, inclusive":          {store.SubmissionFilter{From: at(5)}, []int{6, 5}},
		"to, exclusive":            {store.SubmissionFilter{To: at(2)}, []int{1, 0}},
		"everything at once":       {store.SubmissionFilter{FormID: "form_1", AgentIDs: []string{"agent_1"}, From: at(1), To: at(4)}, []int{3}},
		"what contradicts itself":  {store.SubmissionFilter{From: at(3), To: at(3)}, []int{}},
		"of nobody":                {store.SubmissionFilter{AgentIDs: []string{"' OR true --"}}, []int{}},
		"behind a place":           {store.SubmissionFilter{After: &store.SubmissionCursor{SubmittedAt: minute(2), ID: "sub_002"}}, []int{1, 0}},
		"behind a lead that left":  {store.SubmissionFilter{After: &store.SubmissionCursor{SubmittedAt: minute(2), ID: "sub_001x"}}, []int{1, 0}},
		"behind the last":          {store.SubmissionFilter{After: &store.SubmissionCursor{SubmittedAt: minute(0), ID: "sub_000"}}, []int{}},
		"behind a place in a form": {store.SubmissionFilter{FormID: "form_1", After: &store.SubmissionCursor{SubmittedAt: minute(3), ID: "sub_003"}}, []int{2, 0}},
		"behind a score": {
			store.SubmissionFilter{ByScore: true, After: &store.SubmissionCursor{Score: number(39), SubmittedAt: minute(6), ID: "sub_006"}},
			[]int{4, 3, 2, 1, 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := []string{}
			for _, i := range c.want {
				want = append(want, numbered("sub", i))
			}
			c.filter.Limit = 10
			require.Equal(t, want, leadIDs(page(t, s, c.filter)))
		})
	}
}

func TestSubmissionsSearch(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	lead := aLead("sub_1")
	lead.FormData = models.Document(`{"name":"Ada \u00c5str\u00f6m","rate":"100%_\\","budget":5000,"topics":["sales","x"]}`)
	storeLead(t, s, lead)
	for query, found := range map[string]bool{
		"ada": true, "DA ÅSTR": true, "5000": true, "sales": true, "100%": true, `%_\`: true,
		"name": false, "a%m": false, "Ad_": false, `\%`: false, "' OR true --": false,
	} {
		require.Equal(t, found, len(page(t, s, store.SubmissionFilter{Query: query, Limit: 1})) == 1, query)
	}
}

// Leads arrive while somebody reads page after page, many in the same moment.
func TestPagesSkipAndRepeatNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			random := rand.New(rand.NewPCG(seed, seed))
			count := 0
			insert := func() string {
				lead := aLead(fmt.Sprintf("sub_%03d_%d", random.IntN(1000), count))
				lead.SubmittedAt = start.Add(time.Duration(random.IntN(4)) * time.Microsecond)
				lead.Score = random.IntN(3) - 1
				count++
				storeLead(t, s, lead)
				return lead.ID
			}
			var early, seen []string
			for range 40 {
				early = append(early, insert())
			}
			filter := store.SubmissionFilter{ByScore: seed%2 == 1, Limit: 1 + random.IntN(7)}
			var last *models.Submission
			for more := true; more; {
				rows := page(t, s, filter)
				for _, row := range rows {
					require.True(t, last == nil || behind(filter, row, *last), "one order over all pages")
					last = &row
					seen = append(seen, row.ID)
				}
				cursor := filter.CursorAt(*last)
				filter.After, more = &cursor, len(rows) == filter.Limit
				if count < 60 {
					insert()
				}
			}
			require.Subset(t, seen, early, "nothing is skipped")
			slices.Sort(seen)
			require.Len(t, slices.Compact(seen), len(seen), "nothing comes twice")
		})
	}
}

// behind reports whether a lead stands behind another in a list.
func behind(filter store.SubmissionFilter, lead, other models.Submission) bool {
	order := cmp.Or(other.SubmittedAt.Compare(lead.SubmittedAt), cmp.Compare(other.ID, lead.ID))
	if filter.ByScore {
		order = cmp.Or(cmp.Compare(other.Score, lead.Score), order)
	}
	return order > 0
}
