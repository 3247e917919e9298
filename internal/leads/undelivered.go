package leads

import (
	"context"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
)

// LedgerStore is where deliveries that gave up are found and dismissed.
type LedgerStore interface {
	Undelivered(ctx context.Context, filter store.UndeliveredFilter) ([]store.Undelivered, error)
	UndeliveredTotals(ctx context.Context, filter store.UndeliveredFilter) (store.UndeliveredTotals, error)
	Delivery(ctx context.Context, id string) (store.Undelivered, error)
	Dismiss(ctx context.Context, dismissal store.Dismissal) error
}

// Ledger is the use cases around what was not delivered.
type Ledger struct {
	Store LedgerStore
	Now   func() time.Time
}

// UndeliveredInput selects deliveries that gave up; absent parameters select
// everything.
type UndeliveredInput struct {
	FormID  string `form:"formId"`
	AgentID string `form:"agentId"`
	// Action is the id or the name of an action.
	Action    string           `form:"action"`
	ErrorCode models.ErrorCode `form:"errorCode"`
	// From and To bound when the deliveries gave up.
	From   *models.Timestamp `form:"from"`
	To     *models.Timestamp `form:"to"`
	Limit  int               `form:"limit"`
	Cursor string            `form:"cursor"`
}

// UndeliveredPage is one page of the ledger.
type UndeliveredPage struct {
	models.Page[UndeliveredDelivery]

	// Totals count what is on all pages. Only the first page has them.
	Totals *UndeliveredTotals `json:"totals"`
}

// UndeliveredTotals counts deliveries that gave up; see store.UndeliveredTotals.
type UndeliveredTotals struct {
	Deliveries int                 `json:"deliveries"`
	Leads      int                 `json:"leads"`
	OldestAt   *models.Timestamp   `json:"oldestAt"`
	ByForm     []store.FormCount   `json:"byForm"`
	ByAction   []store.ActionCount `json:"byAction"`
	ByCode     []store.CodeCount   `json:"byCode"`
}

// UndeliveredDelivery is a delivery that gave up as its readers see it.
type UndeliveredDelivery struct {
	DeliveryID   string                `json:"deliveryId"`
	SubmissionID string                `json:"submissionId"`
	FormID       string                `json:"formId"`
	FormName     string                `json:"formName"`
	AgentID      string                `json:"agentId"`
	Action       ActionRef             `json:"action"`
	Type         models.ActionType     `json:"type"`
	Status       models.DeliveryStatus `json:"status"`
	ErrorCode    models.ErrorCode      `json:"errorCode"`
	// HTTPStatus is that of the last answer; null where there was none.
	HTTPStatus *int   `json:"httpStatus"`
	Error      string `json:"error"`
	// Attempts is how many were made, over all runs.
	Attempts    int              `json:"attempts"`
	FailedAt    models.Timestamp `json:"failedAt"`
	SubmittedAt models.Timestamp `json:"submittedAt"`
	// Dismissal is null unless the delivery was dismissed.
	Dismissal *Dismissal `json:"dismissal"`
}

// Dismissal says who dismissed a delivery, and why.
type Dismissal struct {
	At models.Timestamp `json:"at"`
	// By is the id of a key.
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// Undelivered lists deliveries that gave up, the longest ago first, and counts
// them. A key that is bound to agents sees those of their leads alone.
func (l *Ledger) Undelivered(ctx context.Context, in UndeliveredInput) (UndeliveredPage, error) {
	filter, err := in.filter()
	if err == nil {
		filter.AgentIDs, err = models.PrincipalOf(ctx).Agents(in.AgentID)
	}
	if err != nil {
		return UndeliveredPage{}, err
	}
	limit := filter.Limit
	filter.Limit++
	rows, err := l.Store.Undelivered(ctx, filter)
	if err != nil {
		return UndeliveredPage{}, err
	}
	var page UndeliveredPage
	if filter.After == nil {
		if page.Totals, err = l.totals(ctx, filter); err != nil {
			return UndeliveredPage{}, err
		}
	}
	page.Page, err = models.NewPage(rows, limit, viewUndelivered, func(row store.Undelivered) store.UndeliveredCursor {
		return store.UndeliveredCursor{FailedAt: row.UpdatedAt, ID: row.ID}
	})
	return page, err
}

func (in UndeliveredInput) filter() (store.UndeliveredFilter, error) {
	if in.ErrorCode != "" && !in.ErrorCode.Valid() {
		return store.UndeliveredFilter{}, models.InvalidField("errorCode", "option", "No attempt ends with this error code.")
	}
	limit, err := models.CheckLimit(in.Limit)
	if err != nil {
		return store.UndeliveredFilter{}, err
	}
	after, err := models.ReadCursor[store.UndeliveredCursor](in.Cursor)
	return store.UndeliveredFilter{
		FormID: in.FormID, Action: in.Action, ErrorCode: in.ErrorCode,
		From: timeOf(in.From), To: timeOf(in.To), After: after, Limit: limit,
	}, err
}

func (l *Ledger) totals(ctx context.Context, filter store.UndeliveredFilter) (*UndeliveredTotals, error) {
	totals, err := l.Store.UndeliveredTotals(ctx, filter)
	return &UndeliveredTotals{
		Deliveries: totals.Deliveries, Leads: totals.Leads, OldestAt: models.AtOrNil(totals.OldestAt),
		ByForm: totals.ByForm, ByAction: totals.ByAction, ByCode: totals.ByCode,
	}, err
}

func viewUndelivered(row store.Undelivered) UndeliveredDelivery {
	return UndeliveredDelivery{
		DeliveryID: row.ID, SubmissionID: row.SubmissionID,
		FormID: row.FormID, FormName: row.FormName, AgentID: row.AgentID,
		Action: ActionRef{ID: row.ActionID, Name: row.ActionName}, Type: row.Type, Status: row.Status,
		ErrorCode: row.ErrorCode, HTTPStatus: orNull(row.HTTPStatus), Error: row.Error, Attempts: row.Tries,
		FailedAt: models.At(row.UpdatedAt), SubmittedAt: models.At(row.SubmittedAt),
		Dismissal: viewDismissal(row.Delivery),
	}
}

func viewDismissal(row models.Delivery) *Dismissal {
	if row.Status != models.DeliveryDismissed || row.DismissedAt == nil {
		return nil
	}
	return &Dismissal{At: models.At(*row.DismissedAt), By: row.DismissedBy, Reason: row.DismissReason}
}
