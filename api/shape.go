package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"leadrail/models"
)

// shape says which names the objects of a request body may have. It is made once
// for each route, from the type that the body is decoded into. A nil shape is that
// of values that nothing is known about.
type shape struct {
	// fields are those of an object of which all names are known.
	fields map[string]*shape
	names  []string
	// each is the shape of all elements of a list, or of an object with free names.
	each *shape
	// verbatim values are kept as they were sent. Whether their texts can be
	// stored is for the use case to judge, with everything else in them.
	verbatim bool
}

func shapeOf[In any]() *shape { return shapes{}.of(reflect.TypeFor[In]()) }

// shapes are those of the structs met so far; one may contain itself.
type shapes map[reflect.Type]*shape

func (s shapes) of(t reflect.Type) *shape {
	switch {
	case t == reflect.TypeFor[models.Document]():
		return &shape{verbatim: true}
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice, reflect.Array, reflect.Map:
		return &shape{each: s.of(t.Elem())}
	case reflect.Struct:
		return s.ofStruct(t)
	default:
		return nil
	}
}

// ofStruct knows the fields that a tag names.
func (s shapes) ofStruct(t reflect.Type) *shape {
	if known, met := s[t]; met {
		return known
	}
	made := &shape{fields: map[string]*shape{}}
	s[t] = made
	for _, field := range flatFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		made.fields[name] = s.of(field.Type)
		made.names = append(made.names, name)
	}
	slices.Sort(made.names)
	return made
}

// in returns the shape of the value under a name, and whether there may be one.
func (s *shape) in(name string) (*shape, bool) {
	if s == nil || s.fields == nil {
		return s.element(), true
	}
	inner, known := s.fields[name]
	return inner, known
}

// element returns the shape of the elements of a list.
func (s *shape) element() *shape {
	if s == nil || s.verbatim {
		return s
	}
	return s.each
}

// isVerbatim reports whether texts are for the use case to judge.
func (s *shape) isVerbatim() bool { return s != nil && s.verbatim }
