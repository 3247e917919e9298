package forms

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"leadrail/internal/store"
	"leadrail/models"
)

// ActionRef names an action of a form.
type ActionRef struct {
	FormID   string `json:"-" uri:"id"`
	ActionID string `json:"-" uri:"actionId"`
}

// OptionalBody says that a request needs no body.
func (ActionRef) OptionalBody() {}

// EnableAction switches an action on. It is not found unless the newest version
// of the form has it.
func (s *Service) EnableAction(ctx context.Context, ref ActionRef) (ActionView, error) {
	if _, err := s.withAction(ctx, ref); err != nil {
		return ActionView{}, err
	}
	if err := s.Store.EnableDestination(ctx, ref.ActionID, s.Now()); err != nil {
		return ActionView{}, err
	}
	return s.viewOf(ctx, ref)
}

// DisableInput switches an action off.
type DisableInput struct {
	ActionRef

	// Reason is shown as the action's disabledReason, at most 500 characters;
	// empty for none.
	Reason string `json:"reason"`
}

// DisableAction switches an action off: its deliveries fail until it is on
// again. One that is off already keeps its reason. It is not found as for
// EnableAction.
func (s *Service) DisableAction(ctx context.Context, in DisableInput) (ActionView, error) {
	if utf8.RuneCountInString(in.Reason) > maxReason {
		return ActionView{}, models.InvalidField("reason", "max_length", fmt.Sprintf("At most %d characters.", maxReason))
	}
	if hasNUL(in.Reason) {
		return ActionView{}, models.InvalidField("reason", "invalid", "The character U+0000 cannot be stored.")
	}
	if _, err := s.withAction(ctx, in.ActionRef); err != nil {
		return ActionView{}, err
	}
	if err := s.Store.DisableDestination(ctx, in.ActionID, in.Reason, s.Now()); err != nil {
		return ActionView{}, err
	}
	return s.viewOf(ctx, in.ActionRef)
}

// Trier makes one attempt of a made-up job, whether its action is on or off,
// and stores nothing of it.
type Trier interface {
	Try(ctx context.Context, job store.Job) (models.Attempt, error)
}

// testTimeout bounds a test; an attempt itself takes 30 s at most.
const testTimeout = 35 * time.Second

// TestView is what came of the test of an action. What the attempt did not get
// to know is nil.
type TestView struct {
	// SubmissionID is the one that the endpoint was told. There is no such
	// submission.
	SubmissionID string            `json:"submissionId"`
	Delivered    bool              `json:"delivered"`
	DurationMS   int64             `json:"durationMs"`
	HTTPStatus   *int              `json:"httpStatus"`
	ErrorCode    *models.ErrorCode `json:"errorCode"`
	Error        *string           `json:"error"`
	// Response is the start of the endpoint's answer, at most 4 KiB.
	Response *string `json:"response"`
	// Address is the IP address and port that was connected to.
	Address *string `json:"address"`
}

// TestAction makes one attempt of an action with made-up data of the form's
// fields, marked as a test, and stores nothing of it. The action may be off,
// and its condition is not asked. What the endpoint did is in the view; errors
// are not found, and unavailable where Leadrail itself cannot send now.
func (s *Service) TestAction(ctx context.Context, ref ActionRef) (TestView, error) {
	record, err := s.withAction(ctx, ref)
	if err != nil {
		return TestView{}, err
	}
	job, err := testJob(record, ref.ActionID, s.Now())
	if err != nil {
		return TestView{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, testTimeout)
	defer cancel()
	attempt, err := s.Trier.Try(ctx, job)
	if err != nil {
		return TestView{}, err
	}
	return TestView{
		SubmissionID: job.Submission.ID,
		Delivered:    attempt.Verdict().Delivered(),
		DurationMS:   attempt.DurationMS,
		HTTPStatus:   orNil(attempt.HTTPStatus),
		ErrorCode:    orNil(attempt.ErrorCode),
		Error:        orNil(attempt.Error),
		Response:     orNil(attempt.Response),
		Address:      orNil(attempt.Address),
	}, nil
}

// withAction reads a form whose newest version has the action. The work of a page
// is none that the server could try, or switch off.
func (s *Service) withAction(ctx context.Context, ref ActionRef) (store.FormRecord, error) {
	record, err := s.form(ctx, ref.FormID)
	if err != nil {
		return store.FormRecord{}, err
	}
	named := func(action models.Action) bool {
		return action.ID == ref.ActionID && action.Type != models.ActionClient
	}
	if !slices.ContainsFunc(record.Version.Definition.Actions, named) {
		return store.FormRecord{}, errNoAction()
	}
	return record, nil
}

func errNoAction() error { return models.Errorf(models.CodeNotFound, "The form has no such action.") }

// viewOf reads an action as it is now.
func (s *Service) viewOf(ctx context.Context, ref ActionRef) (ActionView, error) {
	view, err := s.Form(ctx, Ref{ID: ref.FormID})
	if err != nil {
		return ActionView{}, err
	}
	actions := view.PostActions
	if view.Webhook != nil {
		actions = append(actions, *view.Webhook)
	}
	for _, action := range actions {
		if action.ID == ref.ActionID {
			return action, nil
		}
	}
	return ActionView{}, errNoAction()
}

func orNil[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}
