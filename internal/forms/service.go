package forms

import (
	"context"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/store"
	"leadrail/models"
)

// Store keeps forms.
type Store interface {
	Reader
	Writer
	SecretStore
	ActionStore
}

// Writer changes forms.
type Writer interface {
	CreateForm(ctx context.Context, record store.FormRecord) error
	ReplaceForm(ctx context.Context, record store.FormRecord) error
	DeleteForm(ctx context.Context, id string, version int, at time.Time) error
}

// Reader reads forms.
type Reader interface {
	Form(ctx context.Context, id string) (store.FormRecord, error)
	KeptForm(ctx context.Context, id string) (store.FormRecord, error)
	Forms(ctx context.Context, filter store.FormFilter) ([]store.FormRecord, error)
	FormVersions(ctx context.Context, id string) ([]models.FormVersion, error)
}

// ActionStore switches actions on and off, and knows how they do.
type ActionStore interface {
	DisableDestination(ctx context.Context, actionID, reason string, at time.Time) error
	EnableDestination(ctx context.Context, actionID string, at time.Time) error
	ActionHealth(ctx context.Context, actionIDs []string, at time.Time) (map[string]store.ActionHealth, error)
}

// Sealer encrypts a value for its owner and opens it again.
type Sealer interface {
	Seal(plain []byte, owner string) models.Sealed
	Open(sealed models.Sealed, owner string) ([]byte, error)
}

// Service is the use cases of forms. It is safe for concurrent use.
type Service struct {
	Store        Store
	Destinations DestinationChecker
	Sealer       Sealer
	// Trier makes the attempts of TestAction.
	Trier Trier
	Now   func() time.Time
}

// Ref names a form.
type Ref struct {
	ID string `json:"-" uri:"id"`
}

// form reads a form that the caller may touch. Errors are not found, and forbidden
// for one of a foreign agent.
func (s *Service) form(ctx context.Context, formID string) (store.FormRecord, error) {
	record, err := s.Store.Form(ctx, formID)
	return own(ctx, record, err)
}

// keptForm is form for what outlives a form.
func (s *Service) keptForm(ctx context.Context, formID string) (store.FormRecord, error) {
	record, err := s.Store.KeptForm(ctx, formID)
	return own(ctx, record, err)
}

func own(ctx context.Context, record store.FormRecord, err error) (store.FormRecord, error) {
	if err == nil {
		err = models.PrincipalOf(ctx).MayAgent(record.Form.AgentID)
	}
	if err != nil {
		return store.FormRecord{}, err
	}
	return record, nil
}

// CreateForm stores a new form. Errors are invalid (the definition, one
// problem per place), forbidden (the agent is a foreign one) and conflict (the
// agent has a form of that name).
func (s *Service) CreateForm(ctx context.Context, in Input) (View, error) {
	if err := check(&in, s.Destinations); err != nil {
		return View{}, err
	}
	if err := models.PrincipalOf(ctx).MayAgent(in.AgentID); err != nil {
		return View{}, err
	}
	now := s.Now()
	form := models.Form{
		ID: id.New(id.Form), AgentID: in.AgentID, Name: in.Name, Version: 1,
		Enabled: enabled(in.Enabled), AlertEmail: in.AlertEmail, CreatedAt: now, UpdatedAt: now,
	}
	record, err := s.record(form, &in, nil)
	if err != nil {
		return View{}, err
	}
	record.Secret = NewSecret(s.Sealer, form.ID, now)
	if err := s.Store.CreateForm(ctx, record); err != nil {
		return View{}, err
	}
	return s.view(record, nil)
}

// ReplaceInput is a form's new definition.
type ReplaceInput struct {
	Ref

	// IfMatch is the version that the change was made to, as the ETag of the
	// form; empty replaces whatever is there.
	IfMatch string `header:"If-Match" json:"-"`
	Input
}

// ReplaceForm makes a new version of a form. Leads keep the version they were
// filled in with; where an action goes changes for all. Errors are those of
// CreateForm, not found, and conflict when the form is at another version than
// IfMatch says.
func (s *Service) ReplaceForm(ctx context.Context, in ReplaceInput) (View, error) {
	if err := check(&in.Input, s.Destinations); err != nil {
		return View{}, err
	}
	current, err := s.form(ctx, in.Ref.ID)
	if err == nil {
		err = models.PrincipalOf(ctx).MayAgent(in.AgentID)
	}
	if err != nil {
		return View{}, err
	}
	if !anyVersion(in.IfMatch) && in.IfMatch != ETag(current.Form.Version) {
		return View{}, store.ErrFormChanged()
	}
	form := current.Form
	form.AgentID, form.Name, form.Version = in.AgentID, in.Name, form.Version+1
	form.Enabled, form.AlertEmail, form.UpdatedAt = enabled(in.Enabled), in.AlertEmail, s.Now()
	record, err := s.record(form, &in.Input, current.Destinations)
	if err != nil {
		return View{}, err
	}
	if err := s.Store.ReplaceForm(ctx, record); err != nil {
		return View{}, err
	}
	return s.viewOne(ctx, record)
}

// Form reads a form at its newest version.
func (s *Service) Form(ctx context.Context, ref Ref) (View, error) {
	record, err := s.form(ctx, ref.ID)
	if err != nil {
		return View{}, err
	}
	return s.viewOne(ctx, record)
}

// ListInput selects forms; absent parameters select everything.
type ListInput struct {
	AgentID string `form:"agentId"`
	Limit   int    `form:"limit"`
	Cursor  string `form:"cursor"`
}

// Forms lists forms, newest first. A key that is bound to agents sees theirs
// alone.
func (s *Service) Forms(ctx context.Context, in ListInput) (models.Page[View], error) {
	records, limit, err := s.list(ctx, in)
	if err != nil {
		return models.Page[View]{}, err
	}
	views, err := s.views(ctx, records...)
	if err != nil {
		return models.Page[View]{}, err
	}
	return models.NewPage(views, limit, func(v View) View { return v }, func(v View) string { return v.ID })
}

// list reads a page of the forms that the caller may see, and one form more where
// there is a page after it.
func (s *Service) list(ctx context.Context, in ListInput) (records []store.FormRecord, limit int, err error) {
	if limit, err = models.CheckLimit(in.Limit); err != nil {
		return nil, 0, err
	}
	after, err := models.ReadCursor[string](in.Cursor)
	if err != nil {
		return nil, 0, err
	}
	agents, err := models.PrincipalOf(ctx).Agents(in.AgentID)
	if err != nil {
		return nil, 0, err
	}
	filter := store.FormFilter{AgentIDs: agents, Limit: limit + 1}
	if after != nil {
		filter.Before = *after
	}
	records, err = s.Store.Forms(ctx, filter)
	return records, limit, err
}

// Versions lists every version of a form's definition, newest first, also when
// the form was deleted: its leads are to be read.
func (s *Service) Versions(ctx context.Context, ref Ref) (models.Page[VersionView], error) {
	if _, err := s.keptForm(ctx, ref.ID); err != nil {
		return models.Page[VersionView]{}, err
	}
	rows, err := s.Store.FormVersions(ctx, ref.ID)
	if err != nil {
		return models.Page[VersionView]{}, err
	}
	return models.NewPage(rows, len(rows), viewVersion, func(models.FormVersion) string { return "" })
}
