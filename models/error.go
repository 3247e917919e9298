package models

import (
	"errors"
	"fmt"
	"strings"
)

// Code classifies an Error for callers that must act on it: the HTTP layer
// maps it to a status, a command to an exit text.
type Code string

// The closed list of codes. An error that is not an *Error counts as
// CodeInternal and its text never leaves the process.
const (
	CodeInvalid      Code = "invalid"
	CodeMalformed    Code = "malformed"
	CodeNotFound     Code = "not_found"
	CodeConflict     Code = "conflict"
	CodeUnauthorized Code = "unauthorized"
	CodeForbidden    Code = "forbidden"
	CodeTooLarge     Code = "too_large"
	CodeRateLimited  Code = "rate_limited"
	CodeUnavailable  Code = "unavailable"
	CodeInternal     Code = "internal"
)

// Error is a failure that is safe to show to the caller.
type Error struct {
	Code Code
	// Reason refines Code for programs, for example "unknown_field" or
	// "nothing_waiting". Empty means that Code says it all.
	Reason string
	// Message says what is wrong and, where it can, what to do about it.
	Message string
	// Fields locates each problem of an invalid input.
	Fields []FieldError
}

// FieldError is one problem of one field.
type FieldError struct {
	// Field is the path of the value, dotted and indexed: "formData.email",
	// "fields[2].options".
	Field string `json:"field"`
	// Code names the broken rule, for example "required" or "max_length".
	Code string `json:"code"`
	// Message is written for the person who filled in the field.
	Message string `json:"message"`
}

// Error implements error. Field values are never part of the text.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	var text strings.Builder
	text.WriteString(strings.TrimSuffix(e.Message, "."))
	for i, field := range e.Fields {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		fmt.Fprintf(&text, "%s%s: %s", separator, field.Field, field.Message)
	}
	return text.String()
}

// Errorf makes an Error of code with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// InvalidField makes an invalid Error about one field.
func InvalidField(field, code, message string) *Error {
	return &Error{
		Code: CodeInvalid, Message: "The request has a problem.",
		Fields: []FieldError{{Field: field, Code: code, Message: message}},
	}
}

// CodeOf returns the code of the first *Error in err's chain, CodeInternal for
// any other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if coded, ok := errors.AsType[*Error](err); ok {
		return coded.Code
	}
	return CodeInternal
}
