package api

import (
	"bufio"
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
		writeJSON(c, describe(c, status, out), out)
	}
}

// describe sets the headers that follow from what is answered, and returns the
// status: what was to be accepted may be finished already.
func describe(c *gin.Context, status int, out any) int {
	if tagged, ok := out.(interface{ ETag() string }); ok {
		c.Header("ETag", tagged.ETag())
	}
	if placed, ok := out.(interface{ Location() string }); ok {
		c.Header("Location", placed.Location())
	}
	if repeat, ok := out.(interface{ Repeated() bool }); ok && repeat.Repeated() {
		c.Header("Idempotent-Replayed", "true")
	}
	if work, ok := out.(interface{ Finished() bool }); ok && work.Finished() {
		return http.StatusOK
	}
	return status
}

func writeJSON(c *gin.Context, status int, value any) {
	c.Header("Cache-Control", "no-store")
	c.PureJSON(status, value)
}

func decode(c *gin.Context, in any) error {
	if c.Request.Method == http.MethodPost || c.Request.Method == http.MethodPut {
		_, optional := in.(interface{ OptionalBody() })
		if err := decodeBody(c.Request.Body, in, optional); err != nil {
			return err
		}
	}
	if err := decodeQuery(c.Request.URL.RawQuery, in); err != nil {
		return err
	}
	for _, param := range c.Params {
		if err := setTagged(in, "uri", param.Key, param.Value); err != nil {
			return err
		}
	}
	for _, name := range tags(in, "header") {
		if err := setTagged(in, "header", name, c.GetHeader(name)); err != nil {
			return err
		}
	}
	return nil
}

// decodeQuery refuses parameters that the use case does not know: a misspelt
// filter would otherwise select everything.
func decodeQuery(raw string, in any) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return malformed("The query of the URL cannot be read.")
	}
	known := tags(in, "form")
	for name, values := range query {
		if !slices.Contains(known, name) {
			return unknownField(name)
		}
		if len(values) > 1 {
			return duplicateParameter(name)
		}
	}
	for _, name := range known {
		if err := setTagged(in, "form", name, query.Get(name)); err != nil {
			return models.InvalidField(name, "type", "The parameter cannot be read: "+kindOf(in, name)+".")
		}
	}
	return nil
}

// notAnObject is said of a body that is another kind of JSON.
const notAnObject = "The body is not a JSON object."

// decodeBody reads exactly one JSON object without unknown fields, or nothing
// where the body is optional.
func decodeBody(reader io.Reader, in any, optional bool) error {
	body := bufio.NewReader(reader)
	if isNull(body) {
		return malformed(notAnObject)
	}
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(in); errors.Is(err, io.EOF) && optional {
		return nil
	} else if err != nil {
		return bodyError(err)
	}
	var tooLarge *http.MaxBytesError
	switch _, err := decoder.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	case errors.As(err, &tooLarge):
		return bodyError(err)
	default:
		return malformed("The body has something after the JSON object.")
	}
}

// isNull looks ahead for the one value that decodes into any struct without
// being an object.
func isNull(body *bufio.Reader) bool {
	for {
		next, err := body.Peek(1)
		if err != nil || !strings.ContainsRune(" \t\r\n", rune(next[0])) {
			return err == nil && next[0] == 'n'
		}
		body.Discard(1) // an error cannot follow a Peek
	}
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
	case errors.As(err, &wrongType) && wrongType.Field == "":
		return malformed(notAnObject)
	case errors.As(err, &wrongType):
		return models.InvalidField(jsonPath(wrongType.Field), "type", "This is "+jsonKind(wrongType.Type)+".")
	}
	if name, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return unknownField(strings.Trim(name, `"`))
	}
	// What is left is the connection, whose error names addresses.
	return malformed("The body did not arrive whole.")
}

// jsonPath takes the names of embedded structs, which start with a capital as
// no JSON name here does, out of a decoder's path.
func jsonPath(path string) string {
	names := slices.DeleteFunc(strings.Split(path, "."), func(name string) bool {
		return name != "" && name[0] >= 'A' && name[0] <= 'Z'
	})
	return strings.Join(names, ".")
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

func duplicateParameter(name string) error {
	return &models.Error{
		Code: models.CodeMalformed, Reason: "duplicate_parameter", Message: fmt.Sprintf("The parameter %q is given twice.", name),
		Fields: []models.FieldError{{Field: name, Code: "duplicate", Message: "Give this parameter once."}},
	}
}

// jsonKind names a Go type as JSON does, with its article.
func jsonKind(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[models.Timestamp]():
		return "a time: RFC 3339 text or whole milliseconds since 1970"
	case reflect.TypeFor[models.Duration]():
		return `a duration: a text such as "30s" or "5m"`
	}
	switch t.Kind() {
	case reflect.Pointer:
		return jsonKind(t.Elem())
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	default:
		return "a number"
	}
}
