package forms

import (
	"context"

	"leadrail/internal/store"
)

// DeleteInput names a form to delete.
type DeleteInput struct {
	Ref

	// IfMatch is the version that is meant, as the ETag of the form; empty
	// deletes whatever is there.
	IfMatch string `header:"If-Match"`
}

// DeleteForm deletes a form: it takes no more submissions, is in no list, and
// its name is free again. Its leads stay, as well as what they need, and
// deliveries go on. Errors are not found, and conflict when the form is at
// another version than IfMatch says.
func (s *Service) DeleteForm(ctx context.Context, in DeleteInput) error {
	current, err := s.form(ctx, in.ID)
	if err != nil {
		return err
	}
	version := current.Form.Version
	switch {
	case anyVersion(in.IfMatch):
		version = 0
	case in.IfMatch != ETag(version):
		return store.ErrFormChanged()
	}
	return s.Store.DeleteForm(ctx, in.ID, version, s.Now())
}

// anyVersion reports whether an If-Match holds for every version (RFC 9110
// section 13.1.1).
func anyVersion(ifMatch string) bool { return ifMatch == "" || ifMatch == "*" }
