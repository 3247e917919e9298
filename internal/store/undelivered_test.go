package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// gaveUp stores a lead whose deliveries, one per verdict, ended in minute n:
// dlv_<n>_<i> for the webhook act_<i>.
func gaveUp(t *testing.T, s *store.Store, n int, change func(*models.Submission), verdicts ...models.Verdict) {
	t.Helper()
	lead := aLead(numbered("sub", n))
	if change != nil {
		change(&lead)
	}
	var deliveries []models.Delivery
	var conclusion models.Conclusion
	for i, verdict := range verdicts {
		delivery := deliveriesOf(lead, "crm")[0]
		delivery.ID = fmt.Sprintf("%s_%d", numbered("dlv", n), i)
		delivery.ActionID, delivery.ActionName = numbered("act", i), numbered("crm", i)
		deliveries = append(deliveries, delivery)
		conclusion.Outcomes = append(conclusion.Outcomes, models.DeliveryOutcome{DeliveryID: delivery.ID, Attempts: 2, Verdict: verdict})
	}
	_, err := s.Persist(t.Context(), lead, deliveries)
	require.NoError(t, err)
	require.NoError(t, s.Finalize(t.Context(), lead.ID, 1, conclusion, minute(n)))
}

func timedOut() models.Verdict {
	return models.Verdict{Outcome: models.OutcomeRetry, Code: models.ErrorTimeout, Message: "no answer within 30 s"}
}

// undelivered reads one page, as ids.
func undelivered(t *testing.T, s *store.Store, filter store.UndeliveredFilter) []string {
	t.Helper()
	rows, err := s.Undelivered(t.Context(), filter)
	require.NoError(t, err)
	ids := []string{}
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids
}

func TestAnUndeliveredDeliveryTellsWhatItIs(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	failedLead(t, s)
	for n := range 2 {
		openAttempt(t, s, opening(n+1))
	}
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 2, refused())))
	rows, err := s.Undelivered(t.Context(), store.UndeliveredFilter{Limit: 10, Action: "crm"})
	require.NoError(t, err)
	want := store.Undelivered{
		Delivery: deliveryOf(t, s, "crm"),
		FormID:   "form_1", FormName: "contact", AgentID: "agent_1", SubmittedAt: start, HTTPStatus: 500, Tries: 2,
	}
	want.Attempts = nil
	require.Empty(t, cmp.Diff([]store.Undelivered{want}, rows))
	one, err := s.Delivery(t.Context(), "dlv_crm")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, one))
	_, err = s.Delivery(t.Context(), "dlv_x")
	requireCode(t, models.CodeNotFound, err)
}

// The status of an answer before is none of what ended the delivery.
func TestAnErrorWithoutAnAnswerHasNoStatus(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	storeLead(t, s, aLead("sub_1"), "crm")
	openAttempt(t, s, opening(1))
	require.NoError(t, s.CloseAttempt(t.Context(), closed("crm", 1, refused())))
	finalize(t, s, models.Conclusion{Outcomes: []models.DeliveryOutcome{
		outcomeOf("crm", 1, models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorCancelled, Message: "cancelled"}),
	}})
	one, err := s.Delivery(t.Context(), "dlv_crm")
	require.NoError(t, err)
	require.Equal(t, models.ErrorCancelled, one.ErrorCode)
	require.Zero(t, one.HTTPStatus)
	require.Equal(t, 1, one.Tries)
}

func TestUndeliveredFilter(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	gaveUp(t, s, 3, nil, refused(), timedOut())
	gaveUp(t, s, 1, func(lead *models.Submission) { lead.FormID = "form_2" }, refused())
	gaveUp(t, s, 2, func(lead *models.Submission) { lead.AgentID = "agent_2" }, delivered(), refused())
	gaveUp(t, s, 4, nil, delivered())
	at := func(n int) *time.Time { moment := minute(n); return &moment }
	for name, c := range map[string]struct {
		filter store.UndeliveredFilter
		want   []string
	}{
		"all, the longest ago first": {store.UndeliveredFilter{}, []string{"dlv_001_0", "dlv_002_1", "dlv_003_0", "dlv_003_1"}},
		"of a form":                  {store.UndeliveredFilter{FormID: "form_2"}, []string{"dlv_001_0"}},
		"of an action by its id":     {store.UndeliveredFilter{Action: "act_001"}, []string{"dlv_002_1", "dlv_003_1"}},
		"of an action by its name":   {store.UndeliveredFilter{Action: "crm_001"}, []string{"dlv_002_1", "dlv_003_1"}},
		"for a reason":               {store.UndeliveredFilter{ErrorCode: models.ErrorTimeout}, []string{"dlv_003_1"}},
		"of agents":                  {store.UndeliveredFilter{AgentIDs: []string{"agent_2", "agent_3"}}, []string{"dlv_002_1"}},
		"from, inclusive":            {store.UndeliveredFilter{From: at(3)}, []string{"dlv_003_0", "dlv_003_1"}},
		"to, exclusive":              {store.UndeliveredFilter{To: at(2)}, []string{"dlv_001_0"}},
		"everything at once": {
			store.UndeliveredFilter{FormID: "form_1", Action: "act_001", ErrorCode: models.ErrorHTTPStatus, AgentIDs: []string{"agent_2"}, From: at(1), To: at(9)},
			[]string{"dlv_002_1"},
		},
		"of nobody": {store.UndeliveredFilter{Action: "' OR true --"}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.filter.Limit = 10
			require.Equal(t, c.want, undelivered(t, s, c.filter))
			totals, err := s.UndeliveredTotals(t.Context(), c.filter)
			require.NoError(t, err)
			require.Equal(t, len(c.want), totals.Deliveries, "of the same")
		})
	}
}

// All deliveries of a lead give up at the same moment.
func TestPagesOfUndeliveredSkipAndRepeatNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var want []string
	for n := range 4 {
		gaveUp(t, s, n, nil, refused(), refused(), refused())
		for i := range 3 {
			want = append(want, fmt.Sprintf("%s_%d", numbered("dlv", n), i))
		}
	}
	for limit := 1; limit <= 5; limit++ {
		filter := store.UndeliveredFilter{Limit: limit}
		var seen []string
		for {
			rows, err := s.Undelivered(t.Context(), filter)
			require.NoError(t, err)
			if len(rows) == 0 {
				break
			}
			for _, row := range rows {
				seen = append(seen, row.ID)
				filter.After = &store.UndeliveredCursor{FailedAt: row.UpdatedAt, ID: row.ID}
			}
		}
		require.Equal(t, want, seen, "pages of %d", limit)
	}
}

func TestUndeliveredIsReadFromItsIndex(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, conn := open(t, url), connect(t, url)
	manyUndelivered(t, conn, 20_000)
	for name, filter := range map[string]store.UndeliveredFilter{
		"the first page": {Limit: 51},
		"a further page": {Limit: 51, After: &store.UndeliveredCursor{FailedAt: start.Add(5000 * time.Second), ID: "dlv_5000"}},
		"of a reason":    {Limit: 51, ErrorCode: models.ErrorTimeout},
	} {
		plan := lines(t, conn, "EXPLAIN "+s.UndeliveredSQL(filter))
		require.Contains(t, fmt.Sprint(plan), "deliveries_failed_idx", name)
		require.NotContains(t, fmt.Sprint(plan), "Sort", name)
	}
}

// manyUndelivered stores that many leads with one delivery each, every second of
// which gave up.
func manyUndelivered(t *testing.T, conn *pgx.Conn, leads int) {
	t.Helper()
	_, err := conn.Exec(t.Context(), fmt.Sprintf(`
		INSERT INTO submissions (id, form_id, form_version, form_name, agent_id, conversation_id, session_id, form_data,
		       fields_completed, submitted_at, status, failure_reason, run_seq)
		SELECT 'sub_' || n, 'form_' || n %% 7, 1, 'contact', 'agent_1', '', '', '{}', '[]', '2026-11-22', 'failed', '', 1
		FROM generate_series(1, %[1]d) AS n;
		INSERT INTO deliveries (id, submission_id, action_id, action_name, type, status, run_seq, attempt, error_code, error, created_at, updated_at)
		SELECT 'dlv_' || n, 'sub_' || n, 'act_' || n %% 7, 'crm', 'webhook', CASE n %% 2 WHEN 0 THEN 'failed' ELSE 'delivered' END,
		       1, 4, CASE n %% 4 WHEN 0 THEN 'timeout' ELSE 'gone' END, '', now(), timestamptz '2026-11-22 09:30Z' + n * interval '1 second'
		FROM generate_series(1, %[1]d) AS n;
		ANALYZE submissions, deliveries`, leads))
	require.NoError(t, err)
}
