package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"leadrail/models"
)

// notAnObject is said of a body that is another kind of JSON.
const notAnObject = "The body is not a JSON object."

// decodeBody reads exactly one JSON object of the shape, or nothing where the
// body is optional.
func decodeBody(reader io.Reader, in any, body *shape) error {
	raw, err := io.ReadAll(reader)
	if err != nil {
		return bodyError(err)
	}
	raw = bytes.Trim(raw, " \t\r\n")
	if _, optional := in.(interface{ OptionalBody() }); optional && len(raw) == 0 {
		return nil
	}
	if len(raw) == 0 {
		return malformed("The body is empty; send a JSON object.")
	}
	if err := checkStrict(raw, body); err != nil {
		return bodyError(err)
	}
	if raw[0] != '{' { // null decodes into any struct
		return malformed(notAnObject)
	}
	if err := json.Unmarshal(raw, in); err != nil {
		return bodyError(err)
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
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return malformed("The body is not valid JSON.")
	case errors.As(err, &wrongType) && wrongType.Field == "":
		return malformed(notAnObject)
	case errors.As(err, &wrongType):
		return models.InvalidField(jsonPath(wrongType.Field), "type", "This is "+jsonKind(wrongType.Type)+".")
	}
	if coded := (*models.Error)(nil); errors.As(err, &coded) {
		return err
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

// unknownField refuses a name, and says which one was probably meant.
func unknownField(path, name string, known []string) error {
	message := fmt.Sprintf("There is no field %q.", path)
	hint := "This field is not known."
	if near, found := models.Nearest(name, known); found {
		suggestion := fmt.Sprintf(" Did you mean %q?", near)
		message, hint = message+suggestion, hint+suggestion
	}
	return &models.Error{
		Code: models.CodeMalformed, Reason: "unknown_field", Message: message,
		Fields: []models.FieldError{{Field: path, Code: "unknown_field", Message: hint}},
	}
}

// duplicate refuses a name that is given twice; noun is what it is the name of.
func duplicate(reason, noun, path string) error {
	return &models.Error{
		Code: models.CodeMalformed, Reason: reason, Message: fmt.Sprintf("The %s %q is given twice.", noun, path),
		Fields: []models.FieldError{{Field: path, Code: "duplicate", Message: fmt.Sprintf("Give this %s once.", noun)}},
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
