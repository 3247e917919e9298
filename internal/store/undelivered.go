package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// Undelivered is a delivery with what its readers need to know of its lead.
type Undelivered struct {
	models.Delivery

	FormID      string
	FormName    string
	AgentID     string
	SubmittedAt time.Time
	// HTTPStatus is that of the answer which the delivery's error tells of; 0
	// where there was none.
	HTTPStatus int
	// Tries counts the attempts over all runs.
	Tries int
}

// UndeliveredFilter selects deliveries that gave up. Zero fields select
// everything.
type UndeliveredFilter struct {
	FormID string
	// Action is the id or the name of an action.
	Action    string
	ErrorCode models.ErrorCode
	AgentIDs  []string
	// From is the first moment of giving up that counts, To the first that does
	// not.
	From, To *time.Time
	// After continues behind the last delivery of the page before.
	After *UndeliveredCursor
	// Limit is the size of the page; it must be positive.
	Limit int
}

// UndeliveredCursor is a place in the list: the longest ago first, the id
// deciding between deliveries that gave up at the same moment.
type UndeliveredCursor struct {
	FailedAt time.Time `json:"t"`
	ID       string    `json:"id"`
}

// Undelivered reads a page of the deliveries that gave up, the longest ago
// first.
func (s *Store) Undelivered(ctx context.Context, filter UndeliveredFilter) ([]Undelivered, error) {
	var rows []Undelivered
	err := filter.page(s.db.WithContext(ctx)).Scan(&rows).Error
	return rows, wrap(err, "list undelivered")
}

func (f UndeliveredFilter) page(db *gorm.DB) *gorm.DB {
	query := f.where(withLead(db))
	if f.After != nil {
		query = query.Where("(deliveries.updated_at, deliveries.id) > (?, ?)", f.After.FailedAt, f.After.ID)
	}
	return query.Order("deliveries.updated_at, deliveries.id").Limit(f.Limit)
}

// Delivery reads one delivery, whatever its status.
func (s *Store) Delivery(ctx context.Context, id string) (Undelivered, error) {
	var row Undelivered
	err := withLead(s.db.WithContext(ctx)).Where("deliveries.id = ?", id).Take(&row).Error
	return row, read(err, "delivery")
}

// withLead reads deliveries as Undelivered.
func withLead(db *gorm.DB) *gorm.DB {
	return leadsOf(db).Select(`deliveries.*, submissions.form_id, submissions.form_name, submissions.agent_id, submissions.submitted_at,
		coalesce((
			SELECT http_status FROM attempts
			WHERE delivery_id = deliveries.id AND run_seq = deliveries.run_seq AND n = deliveries.attempt
			      AND error_code = deliveries.error_code
		), 0) AS http_status,
		(SELECT count(*) FROM attempts WHERE delivery_id = deliveries.id) AS tries`)
}

func leadsOf(db *gorm.DB) *gorm.DB {
	return db.Table("deliveries").Joins("JOIN submissions ON submissions.id = deliveries.submission_id")
}

// where narrows a query to what gave up and the filter selects.
func (f UndeliveredFilter) where(query *gorm.DB) *gorm.DB {
	query = query.Where("deliveries.status = 'failed'") // as the index has it
	if f.FormID != "" {
		query = query.Where("submissions.form_id = ?", f.FormID)
	}
	if f.Action != "" {
		query = query.Where("? IN (deliveries.action_id, deliveries.action_name)", f.Action)
	}
	if f.ErrorCode != "" {
		query = query.Where("deliveries.error_code = ?", f.ErrorCode)
	}
	if len(f.AgentIDs) > 0 {
		query = query.Where("submissions.agent_id IN ?", f.AgentIDs)
	}
	if f.From != nil {
		query = query.Where("deliveries.updated_at >= ?", *f.From)
	}
	if f.To != nil {
		query = query.Where("deliveries.updated_at < ?", *f.To)
	}
	return query
}

// Dismissal says that a delivery which gave up is not to be made any more.
type Dismissal struct {
	DeliveryID string
	// By is the id of the key that says so.
	By     string
	Reason string
	At     time.Time
}

// Dismiss dismisses a delivery that gave up and whose lead has failed; any other
// is left as it is. The lead stays failed.
func (s *Store) Dismiss(ctx context.Context, dismissal Dismissal) error {
	err := s.db.WithContext(ctx).Model(&models.Delivery{}).
		Where("id = ? AND status = 'failed'", dismissal.DeliveryID).
		Where("EXISTS (SELECT FROM submissions WHERE id = deliveries.submission_id AND status = 'failed')").
		UpdateColumns(map[string]any{ // updated_at tells when it gave up
			"status": models.DeliveryDismissed, "dismissed_at": dismissal.At,
			"dismissed_by": dismissal.By, "dismiss_reason": dismissal.Reason,
		}).Error
	return wrap(err, "dismiss delivery")
}
