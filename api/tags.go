package api

import (
	"reflect"
	"slices"

	"github.com/gin-gonic/gin/binding"
)

// tags lists the values of a tag over all fields of a struct, embedded ones
// included.
func tags(in any, tag string) []string {
	var found []string
	for _, field := range flatFields(reflect.TypeOf(in).Elem()) {
		if value := field.Tag.Get(tag); value != "" {
			found = append(found, value)
		}
	}
	return found
}

// kindOf says what a query parameter should have been.
func kindOf(in any, name string) string {
	for _, field := range flatFields(reflect.TypeOf(in).Elem()) {
		if field.Tag.Get("form") == name {
			return "it is " + jsonKind(field.Type)
		}
	}
	return "it is not known"
}

// setTagged sets the field whose tag has the name, and leaves it alone for an
// empty text. The field is decoded in a struct of its own, because the decoder
// follows every type that it meets, and one that contains itself without end.
func setTagged(in any, tag, name, text string) error {
	if text == "" {
		return nil
	}
	for _, field := range flatFields(reflect.TypeOf(in).Elem()) {
		if field.Tag.Get(tag) != name {
			continue
		}
		alone := reflect.New(reflect.StructOf([]reflect.StructField{{Name: field.Name, Type: field.Type, Tag: field.Tag}}))
		if err := binding.MapFormWithTag(alone.Interface(), map[string][]string{name: {text}}, tag); err != nil {
			return err
		}
		reflect.ValueOf(in).Elem().FieldByIndex(field.Index).Set(alone.Elem().Field(0))
	}
	return nil
}

// flatFields lists the fields of a struct and of those embedded in it, also
// where two of them have the same name.
func flatFields(t reflect.Type) []reflect.StructField {
	var flat []reflect.StructField
	for field := range t.Fields() {
		if !field.Anonymous || field.Type.Kind() != reflect.Struct {
			flat = append(flat, field)
			continue
		}
		for _, inner := range flatFields(field.Type) {
			inner.Index = append(slices.Clone(field.Index), inner.Index...)
			flat = append(flat, inner)
		}
	}
	return flat
}
