package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"leadrail/models"
)

// problem is an error as callers get it (RFC 9457).
type problem struct {
	// Type is a URN of the code.
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	// Code is for programs: the kind of error, or what refines it.
	Code      string              `json:"code"`
	Detail    string              `json:"detail"`
	RequestID string              `json:"requestId"`
	Errors    []models.FieldError `json:"errors,omitempty"`
}

// retryAfter is how many seconds a caller should wait when a part is away.
const retryAfter = "2"

// errorKey is where a handler's internal error waits for the request log.
const errorKey = "leadrail.error"

// challengeKey is where a route says how it wants its callers to authenticate.
const challengeKey = "leadrail.challenge"

var (
	errNoRoute  = &models.Error{Code: models.CodeNotFound, Reason: "no_route", Message: "There is nothing at this path; see /openapi.yaml."}
	errNoMethod = &models.Error{Code: models.CodeMalformed, Reason: "method_not_allowed", Message: "This path does not take this method; see /openapi.yaml."}
)

// writeProblem answers with the error and ends the request. The text of an
// error that is not a *models.Error goes to the log and not to the caller.
func writeProblem(c *gin.Context, err error) {
	var coded *models.Error
	known := errors.As(err, &coded)
	if !known || err != error(coded) { //nolint:errorlint // asks whether there is more to it than the caller sees
		c.Set(errorKey, err)
	}
	if !known {
		coded = &models.Error{Code: models.CodeInternal, Message: "Something went wrong on our side; the request id finds it in our log."}
		if errors.Is(err, context.DeadlineExceeded) {
			coded = &models.Error{Code: models.CodeUnavailable, Message: "A part of the service did not answer in time; try again shortly."}
		}
	}
	status := statusOf(coded)
	if status == http.StatusServiceUnavailable {
		c.Header("Retry-After", retryAfter)
	}
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", cmp.Or(c.GetString(challengeKey), "Bearer"))
	}
	code := coded.Reason
	if code == "" {
		code = string(coded.Code)
	}
	c.Header("Content-Type", "application/problem+json")
	writeJSON(c, status, problem{
		Type:      "urn:leadrail:problem:" + code,
		Title:     http.StatusText(status),
		Status:    status,
		Code:      code,
		Detail:    coded.Message,
		RequestID: requestID(c),
		Errors:    coded.Fields,
	})
	c.Abort()
}

func statusOf(err *models.Error) int {
	switch err.Code {
	case models.CodeInvalid:
		return http.StatusUnprocessableEntity
	case models.CodeMalformed:
		if err.Reason == errNoMethod.Reason {
			return http.StatusMethodNotAllowed
		}
		return http.StatusBadRequest
	case models.CodeNotFound:
		return http.StatusNotFound
	case models.CodeConflict:
		return http.StatusConflict
	case models.CodeUnauthorized:
		return http.StatusUnauthorized
	case models.CodeForbidden:
		return http.StatusForbidden
	case models.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case models.CodeRateLimited:
		return http.StatusTooManyRequests
	case models.CodeUnavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}
