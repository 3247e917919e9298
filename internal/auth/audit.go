package auth

import (
	"context"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/store"
	"leadrail/models"
)

// AuditStore keeps the audit.
type AuditStore interface {
	SaveAudit(ctx context.Context, line models.Audit) error
	Audit(ctx context.Context, filter store.AuditFilter) ([]models.Audit, error)
}

// Audit is the record of who changed what. It is safe for concurrent use.
type Audit struct {
	Store AuditStore
	Now   func() time.Time
}

// Change is something that was done.
type Change struct {
	// By is the id of the key that asked for it.
	By string
	// Action is "<noun>.<verb>", Target the id of what was changed.
	Action, Target string
	RequestID      string
}

// Record adds a change.
func (a *Audit) Record(ctx context.Context, change Change) error {
	return a.Store.SaveAudit(ctx, models.Audit{
		ID: id.New(id.Audit), At: a.Now().UTC(), KeyID: change.By,
		Action: change.Action, Target: change.Target, RequestID: change.RequestID,
	})
}

// AuditInput selects changes; absent parameters select everything.
type AuditInput struct {
	Target string `form:"target"`
	Key    string `form:"key"`
	Limit  int    `form:"limit"`
	Cursor string `form:"cursor"`
}

// AuditView is a change as its readers see it.
type AuditView struct {
	ID string           `json:"id"`
	At models.Timestamp `json:"at"`
	// Key is the id of a key, "admin" or "cli".
	Key       string `json:"key"`
	Action    string `json:"action"`
	Target    string `json:"target"`
	RequestID string `json:"requestId"`
}

// Changes lists changes, newest first.
func (a *Audit) Changes(ctx context.Context, in AuditInput) (models.Page[AuditView], error) {
	limit, before, err := readPage(in.Limit, in.Cursor)
	if err != nil {
		return models.Page[AuditView]{}, err
	}
	rows, err := a.Store.Audit(ctx, store.AuditFilter{Target: in.Target, KeyID: in.Key, Before: before, Limit: limit + 1})
	if err != nil {
		return models.Page[AuditView]{}, err
	}
	return models.NewPage(rows, limit, viewChange, func(last models.Audit) string { return last.ID })
}

func viewChange(line models.Audit) AuditView {
	return AuditView{
		ID: line.ID, At: models.At(line.At), Key: line.KeyID, Action: line.Action, Target: line.Target, RequestID: line.RequestID,
	}
}
