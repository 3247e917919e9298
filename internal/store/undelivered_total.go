package store

import (
	"context"
	"time"

	"leadrail/models"
)

// UndeliveredTotals counts deliveries that gave up.
type UndeliveredTotals struct {
	Deliveries int
	Leads      int
	// OldestAt is when the first of them gave up; nil where there is none.
	OldestAt *time.Time
	// Each breakdown has the 100 largest counts, the largest first.
	ByForm   []FormCount   `gorm:"serializer:json"`
	ByAction []ActionCount `gorm:"serializer:json"`
	ByCode   []CodeCount   `gorm:"serializer:json"`
}

// FormCount counts what gave up of one form, by its name of now.
type FormCount struct {
	FormID   string `json:"formId"`
	FormName string `json:"formName"`
	Count    int    `json:"count"`
}

// ActionCount counts what gave up of one action.
type ActionCount struct {
	ActionID   string            `json:"actionId"`
	ActionName string            `json:"actionName"`
	Type       models.ActionType `json:"type"`
	Count      int               `json:"count"`
}

// CodeCount counts what gave up for one reason.
type CodeCount struct {
	ErrorCode models.ErrorCode `json:"errorCode"`
	Count     int              `json:"count"`
}

// UndeliveredTotals counts all deliveries that gave up and that the filter
// selects, on whatever page they are.
func (s *Store) UndeliveredTotals(ctx context.Context, filter UndeliveredFilter) (UndeliveredTotals, error) {
	db := s.db.WithContext(ctx)
	failed := filter.where(leadsOf(db).Joins("LEFT JOIN forms ON forms.id = submissions.form_id")).
		Select(`deliveries.submission_id, deliveries.action_id, deliveries.action_name, deliveries.type, deliveries.error_code,
			deliveries.updated_at, submissions.form_id, coalesce(forms.name, submissions.form_name) AS form_name`)
	var totals UndeliveredTotals
	err := db.Raw(undeliveredTotals, failed).Scan(&totals).Error
	return totals, wrap(err, "count undelivered")
}

const undeliveredTotals = `
	WITH failed AS MATERIALIZED (?)
	SELECT count(*) AS deliveries, count(DISTINCT submission_id) AS leads, min(updated_at) AS oldest_at,
	       (SELECT coalesce(jsonb_agg(form), '[]') FROM (
	           SELECT form_id AS "formId", max(form_name) AS "formName", count(*) AS count
	           FROM failed GROUP BY 1 ORDER BY count DESC, 1 LIMIT 100
	       ) AS form) AS by_form,
	       (SELECT coalesce(jsonb_agg(action), '[]') FROM (
	           SELECT action_id AS "actionId", max(action_name) AS "actionName", max(type) AS type, count(*) AS count
	           FROM failed GROUP BY 1 ORDER BY count DESC, 1 LIMIT 100
	       ) AS action) AS by_action,
	       (SELECT coalesce(jsonb_agg(code), '[]') FROM (
	           SELECT error_code AS "errorCode", count(*) AS count
	           FROM failed GROUP BY 1 ORDER BY count DESC, 1 LIMIT 100
	       ) AS code) AS by_code
	FROM failed`

// DeliveryDepth tells how many deliveries gave up or wait for an attempt.
func (s *Store) DeliveryDepth(ctx context.Context) (models.DeliveryDepth, error) {
	var depth models.DeliveryDepth
	err := s.db.WithContext(ctx).Raw(`
		SELECT failed.*, waiting.*
		FROM (SELECT count(*) AS undelivered, min(updated_at) AS oldest FROM deliveries WHERE status = 'failed') AS failed,
		     (SELECT count(*) AS waiting, min(next_attempt_at) AS next_due FROM deliveries WHERE status = 'retrying') AS waiting`).
		Scan(&depth).Error
	return depth, wrap(err, "count deliveries")
}

// UndeliveredClaim asks for the right to say that deliveries wait undelivered.
type UndeliveredClaim struct {
	At time.Time
	// FailedBefore leaves out what gave up later.
	FailedBefore time.Time
	// Every is the least time in which it is said again of a form, and Again where
	// nobody confirms that it was said.
	Every, Again time.Duration
}

// WaitingForm is a form with deliveries that wait undelivered.
type WaitingForm struct {
	FormID string
	// Count is how many gave up before the claim's limit, OldestAt when the first
	// of them did.
	Count    int
	OldestAt time.Time
	// ByCode counts them by the reason, the largest count first.
	ByCode []CodeCount `gorm:"serializer:json"`
}

// ClaimUndelivered returns the forms with deliveries that gave up before the
// limit, those first that wait longest. However many workers ask, each form is
// given to one of them, and again to one after a while unless UndeliveredSaid was
// told of it.
func (s *Store) ClaimUndelivered(ctx context.Context, claim UndeliveredClaim) ([]WaitingForm, error) {
	var forms []WaitingForm
	err := s.db.WithContext(ctx).Raw(`
		WITH coded AS (
			SELECT form_id, error_code, count(*) AS count, min(deliveries.updated_at) AS oldest_at
			FROM deliveries JOIN submissions ON submissions.id = deliveries.submission_id
			WHERE deliveries.status = 'failed' AND deliveries.updated_at <= @before
			GROUP BY form_id, error_code
		), waiting AS (
			SELECT form_id, sum(count) AS count, min(oldest_at) AS oldest_at,
			       jsonb_agg(jsonb_build_object('errorCode', error_code, 'count', count) ORDER BY count DESC, error_code) AS by_code
			FROM coded GROUP BY form_id
		), claimed AS (
			INSERT INTO alerts (form_id, submission_id, run_seq, sent_at, told, failed, undelivered_at)
			SELECT form_id, '', 0, to_timestamp(0), 0, 0, @claimed FROM waiting ORDER BY form_id
			ON CONFLICT (form_id) DO UPDATE SET undelivered_at = excluded.undelivered_at
			WHERE alerts.undelivered_at IS NULL OR alerts.undelivered_at <= @last
			RETURNING form_id
		)
		SELECT waiting.* FROM waiting JOIN claimed USING (form_id) ORDER BY oldest_at, form_id`, map[string]any{
		"before": claim.FailedBefore, "last": claim.At.Add(-claim.Every), "claimed": claim.At.Add(claim.Again - claim.Every),
	}).Scan(&forms).Error
	return forms, wrap(err, "claim undelivered")
}

// UndeliveredSaid records that it was said of a form, at a time, that deliveries wait.
func (s *Store) UndeliveredSaid(ctx context.Context, formID string, at time.Time) error {
	err := s.db.WithContext(ctx).Model(&models.Alert{}).Where("form_id = ?", formID).Update("undelivered_at", at).Error
	return wrap(err, "record what was said of undelivered")
}
