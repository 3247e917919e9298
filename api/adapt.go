package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"

	"leadrail/models"
)

// handle makes a handler of a use case: it decodes the request into In, asks,
// and writes Out as JSON with the status, or a problem. Fields of In come from
// the JSON body, and by their tags from the path (uri), the query (form) and
// the headers (header).
func handle[In, Out any](status int, use func(context.Context, In) (Out, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		var in In
		if err := decode(c, &in); err != nil {
			writeProblem(c, err)
			return
		}
		out, err := use(c.Request.Context(), in)
		if err != nil {
			writeProblem(c, err)
			return
		}
		describe(c, out)
		writeJSON(c, status, out)
	}
}

// describe sets the headers that follow from what is answered.
func describe(c *gin.Context, out any) {
	if tagged, ok := out.(interface{ ETag() string }); ok {
		c.Header("ETag", tagged.ETag())
	}
	if placed, ok := out.(interface{ Location() string }); ok {
		c.Header("Location", placed.Location())
	}
}

func writeJSON(c *gin.Context, status int, value any) {
	c.Header("Cache-Control", "no-store")
	c.PureJSON(status, value)
}

func decode(c *gin.Context, in any) error {
	if c.Request.Method == http.MethodPost || c.Request.Method == http.MethodPut {
		if err := decodeBody(c.Request.Body, in); err != nil {
			return err
		}
	}
	if err := decodeQuery(c.Request.URL.Query(), in); err != nil {
		return err
	}
	path := map[string][]string{}
	for _, param := range c.Params {
		path[param.Key] = []string{param.Value}
	}
	headers := map[string][]string{}
	for _, name := range tags(in, "header") {
		if values := c.Request.Header.Values(name); len(values) > 0 {
			headers[name] = values
		}
	}
	return errors.Join(
		binding.MapFormWithTag(in, path, "uri"),
		binding.MapFormWithTag(in, headers, "header"),
	)
}

// decodeQuery refuses parameters that the use case does not know: a misspelt
// filter would otherwise select everything.
func decodeQuery(query url.Values, in any) error {
	known := tags(in, "form")
	for name := range query {
		if !slices.Contains(known, name) {
			return unknownField(name)
		}
	}
	for _, name := range known {
		one := map[string][]string{name: query[name]}
		if query.Get(name) == "" {
			continue
		}
		if err := binding.MapFormWithTag(in, one, "form"); err != nil {
			return models.InvalidField(name, "type", "The parameter cannot be read: "+kindOf(in, name)+".")
		}
	}
	return nil
}

// decodeBody reads exactly one JSON object without unknown fields.
func decodeBody(body io.Reader, in any) error {
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(in); err != nil {
		return bodyError(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return malformed("The body has something after the JSON object.")
	}
	return nil
}

func bodyError(err error) error {
	var tooLarge *http.MaxBytesError
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &tooLarge):
		return models.Errorf(models.CodeTooLarge, "The body is larger than %d bytes.", tooLarge.Limit)
	case errors.Is(err, io.EOF):
		return malformed("The body is empty; send a JSON object.")
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return malformed("The body is not valid JSON.")
	case errors.As(err, &wrongType):
		return models.InvalidField(wrongType.Field, "type", fmt.Sprintf("This is a %s.", jsonKind(wrongType.Type)))
	}
	if name, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return unknownField(strings.Trim(name, `"`))
	}
	// What is left comes from the UnmarshalJSON methods of models, whose texts
	// are written for the caller.
	return &models.Error{Code: models.CodeInvalid, Message: "A value of the body cannot be read: " + err.Error() + "."}
}

func malformed(message string) error {
	return &models.Error{Code: models.CodeMalformed, Message: message}
}

func unknownField(name string) error {
	return &models.Error{
		Code: models.CodeMalformed, Reason: "unknown_field", Message: fmt.Sprintf("There is no field %q.", name),
		Fields: []models.FieldError{{Field: name, Code: "unknown_field", Message: "This field is not known."}},
	}
}

// jsonKind names a Go type as JSON does.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "list"
	case reflect.Struct, reflect.Map:
		return "object"
	default:
		return "number"
	}
}

// tags lists the values of a tag over all fields of a struct, embedded ones
// included.
func tags(in any, tag string) []string {
	var found []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(in).Elem()) {
		if value := field.Tag.Get(tag); value != "" {
			found = append(found, value)
		}
	}
	return found
}

// kindOf says what a query parameter should have been.
func kindOf(in any, name string) string {
	for _, field := range reflect.VisibleFields(reflect.TypeOf(in).Elem()) {
		if field.Tag.Get("form") != name {
			continue
		}
		if field.Type == reflect.TypeFor[*models.Timestamp]() {
			return "it is RFC 3339 text or whole milliseconds since 1970"
		}
		return "it is a " + jsonKind(field.Type)
	}
	return "it is not known"
}
