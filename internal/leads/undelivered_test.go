package leads_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// gaveUp is the ledger over a database of values.
type gaveUp struct {
	*leads.Ledger

	rows    []store.Undelivered
	totals  store.UndeliveredTotals
	listErr error
	// dismiss is what the database does with a delivery.
	dismiss func(row *store.Undelivered, dismissal store.Dismissal)

	listed, counted []store.UndeliveredFilter
	dismissed       []store.Dismissal
}

// newGaveUp has deliveries that gave up, an hour ago and later.
func newGaveUp(count int) *gaveUp {
	g := &gaveUp{}
	for i := range count {
		g.rows = append(g.rows, store.Undelivered{
			Delivery: models.Delivery{
				ID: numbered("dlv", i), SubmissionID: "sub_1", ActionID: "act_1", ActionName: "crm", Type: models.ActionWebhook,
				Status: models.DeliveryFailed, ErrorCode: models.ErrorTimeout, Error: "no answer",
				UpdatedAt: start.Add(time.Duration(i-60) * time.Minute),
			},
			FormID: "form_1", FormName: "contact", AgentID: "agent_1", SubmittedAt: start.Add(-2 * time.Hour), Tries: 4,
		})
	}
	g.dismiss = func(row *store.Undelivered, dismissal store.Dismissal) {
		if row.Status == models.DeliveryFailed {
			row.Status, row.DismissedAt = models.DeliveryDismissed, &dismissal.At
			row.DismissedBy, row.DismissReason = dismissal.By, dismissal.Reason
		}
	}
	g.Ledger = &leads.Ledger{Store: ledgerTable{g}, Now: func() time.Time { return start }}
	return g
}

func numbered(prefix string, n int) string { return prefix + "_" + string(rune('a'+n)) }

// ledgerTable is the database of a ledger.
type ledgerTable struct{ *gaveUp }

func (g ledgerTable) Undelivered(_ context.Context, filter store.UndeliveredFilter) ([]store.Undelivered, error) {
	g.listed = append(g.listed, filter)
	return g.rows[:min(filter.Limit, len(g.rows))], g.listErr
}

func (g ledgerTable) UndeliveredTotals(_ context.Context, filter store.UndeliveredFilter) (store.UndeliveredTotals, error) {
	g.counted = append(g.counted, filter)
	return g.gaveUp.totals, nil
}

func (g ledgerTable) Delivery(_ context.Context, id string) (store.Undelivered, error) {
	for _, row := range g.rows {
		if row.ID == id {
			return row, nil
		}
	}
	return store.Undelivered{}, models.Errorf(models.CodeNotFound, "There is no such delivery.")
}

func (g ledgerTable) Dismiss(_ context.Context, dismissal store.Dismissal) error {
	g.gaveUp.dismissed = append(g.gaveUp.dismissed, dismissal)
	for i := range g.rows {
		if g.rows[i].ID == dismissal.DeliveryID {
			g.dismiss(&g.rows[i], dismissal)
		}
	}
	return nil
}

// by asks as the holder of a key, bound to the agents.
func by(t *testing.T, key string, agents ...string) context.Context {
	t.Helper()
	return models.WithPrincipal(t.Context(), models.Principal{KeyID: key, AgentIDs: agents})
}

func TestTheLedgerAsksTheDatabase(t *testing.T) {
	t.Parallel()
	from, to := models.At(start), models.At(start.Add(time.Hour))
	in := leads.UndeliveredInput{
		FormID: "form_1", Action: "crm", ErrorCode: models.ErrorTimeout, From: &from, To: &to, Limit: 7,
	}
	want := store.UndeliveredFilter{
		FormID: "form_1", Action: "crm", ErrorCode: models.ErrorTimeout, From: &from.Time, To: &to.Time, Limit: 8,
		AgentIDs: []string{"agent_1", "agent_2"},
	}
	g := newGaveUp(0)
	page, err := g.Undelivered(by(t, "key_1", "agent_1", "agent_2"), in)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]store.UndeliveredFilter{want}, g.listed))
	require.Empty(t, cmp.Diff([]store.UndeliveredFilter{want}, g.counted), "both of the same")
	require.Empty(t, page.Data)

	in.AgentID = "agent_3"
	_, err = g.Undelivered(by(t, "key_1", "agent_1", "agent_2"), in)
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
	require.Len(t, g.listed, 1)
}

func TestTheLedgerGoesOnBehindThePage(t *testing.T) {
	t.Parallel()
	g := newGaveUp(3)
	oldest := start.Add(-time.Hour)
	g.totals = store.UndeliveredTotals{Deliveries: 3, Leads: 1, OldestAt: &oldest, ByCode: []store.CodeCount{{ErrorCode: "timeout", Count: 3}}}
	page, err := g.Undelivered(t.Context(), leads.UndeliveredInput{Limit: 2})
	require.NoError(t, err)
	require.Len(t, page.Data, 2, "the third row only tells of a next page")
	require.Equal(t, 3, page.Totals.Deliveries)
	require.Equal(t, models.At(oldest), *page.Totals.OldestAt)
	require.Equal(t, g.totals.ByCode, page.Totals.ByCode)

	next, err := g.Undelivered(t.Context(), leads.UndeliveredInput{Limit: 2, Cursor: *page.NextCursor})
	require.NoError(t, err)
	require.Equal(t, &store.UndeliveredCursor{FailedAt: start.Add(-59 * time.Minute), ID: "dlv_b"}, g.listed[1].After)
	require.Nil(t, next.Totals)
	require.Len(t, g.counted, 1, "they are counted once")
}

func TestTheLedgerRefuses(t *testing.T) {
	t.Parallel()
	for field, in := range map[string]leads.UndeliveredInput{
		"limit": {Limit: 201}, "cursor": {Cursor: "x"}, "errorCode": {ErrorCode: "timed_out"},
	} {
		_, err := newGaveUp(0).Undelivered(t.Context(), in)
		var refused *models.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, field, refused.Fields[0].Field)
	}
	g := newGaveUp(0)
	g.listErr = away()
	_, err := g.Undelivered(t.Context(), leads.UndeliveredInput{})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
}

func TestDismissTellsWhoAndWhy(t *testing.T) {
	t.Parallel()
	g := newGaveUp(1)
	in := leads.DismissInput{DeliveryID: "dlv_a", Reason: strings.Repeat("ß", 500)}
	row, err := g.Dismiss(by(t, "key_1", "agent_1"), in)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]store.Dismissal{{DeliveryID: "dlv_a", By: "key_1", Reason: in.Reason, At: start}}, g.dismissed))
	require.Empty(t, cmp.Diff(leads.UndeliveredDelivery{
		DeliveryID: "dlv_a", SubmissionID: "sub_1", FormID: "form_1", FormName: "contact", AgentID: "agent_1",
		Action: leads.ActionRef{ID: "act_1", Name: "crm"}, Type: models.ActionWebhook, Status: models.DeliveryDismissed,
		ErrorCode: models.ErrorTimeout, Error: "no answer", Attempts: 4,
		FailedAt: models.At(start.Add(-time.Hour)), SubmittedAt: models.At(start.Add(-2 * time.Hour)),
		Dismissal: &leads.Dismissal{At: models.At(start), By: "key_1", Reason: in.Reason},
	}, row))
	again, err := g.Dismiss(by(t, "key_1"), in)
	require.NoError(t, err, "a double click")
	require.Equal(t, row, again)
}

func TestDismissIsRefused(t *testing.T) {
	t.Parallel()
	mine := leads.DismissInput{DeliveryID: "dlv_a", Reason: "mine"}
	is := func(status models.DeliveryStatus) func(*gaveUp) {
		return func(g *gaveUp) { g.rows[0].Status = status }
	}
	for name, c := range map[string]struct {
		before func(*gaveUp)
		in     leads.DismissInput
		code   models.Code
		want   string
	}{
		"without a reason":        {nil, leads.DismissInput{DeliveryID: "dlv_a"}, models.CodeInvalid, "reason"},
		"a reason of two lines":   {nil, leads.DismissInput{DeliveryID: "dlv_a", Reason: "a\nb"}, models.CodeInvalid, "one line"},
		"what cannot be stored":   {nil, leads.DismissInput{DeliveryID: "dlv_a", Reason: "a\x00"}, models.CodeInvalid, "one line"},
		"a reason that is long":   {nil, leads.DismissInput{DeliveryID: "dlv_a", Reason: strings.Repeat("x", 501)}, models.CodeInvalid, "500"},
		"an unknown delivery":     {nil, leads.DismissInput{DeliveryID: "dlv_x", Reason: "mine"}, models.CodeNotFound, "no such delivery"},
		"another agent's":         {func(g *gaveUp) { g.rows[0].AgentID = "agent_2" }, mine, models.CodeForbidden, "other agents"},
		"one that waits":          {is(models.DeliveryRetrying), mine, models.CodeConflict, "retrying"},
		"one that was delivered":  {is(models.DeliveryDelivered), mine, models.CodeConflict, "delivered"},
		"one that begins anew":    {func(g *gaveUp) { g.dismiss = begins }, mine, models.CodeConflict, "pending"},
		"while a replay goes on":  {func(g *gaveUp) { g.dismiss = func(*store.Undelivered, store.Dismissal) {} }, mine, models.CodeConflict, "being replayed"},
		"dismissed by another":    {dismissedBy("key_2", "mine"), mine, models.CodeConflict, "already"},
		"for another reason":      {dismissedBy("key_1", "yours"), mine, models.CodeConflict, "already"},
		"replayed since its last": {func(g *gaveUp) { dismissedBy("key_1", "mine")(g); g.rows[0].Status = models.DeliveryPending }, mine, models.CodeConflict, "pending"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGaveUp(1)
			if c.before != nil {
				c.before(g)
			}
			_, err := g.Dismiss(by(t, "key_1", "agent_1"), c.in)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.code, models.CodeOf(err))
			if c.code != models.CodeConflict {
				require.Empty(t, g.dismissed)
				return
			}
			var refused *models.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "not_undelivered", refused.Reason)
		})
	}
}

// begins is a replay that was quicker.
func begins(row *store.Undelivered, _ store.Dismissal) { row.Status = models.DeliveryPending }

func dismissedBy(key, reason string) func(*gaveUp) {
	return func(g *gaveUp) {
		g.rows[0].Status, g.rows[0].DismissedAt = models.DeliveryDismissed, &g.rows[0].UpdatedAt
		g.rows[0].DismissedBy, g.rows[0].DismissReason = key, reason
	}
}
