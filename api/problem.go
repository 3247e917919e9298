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

// retryAfter is how many seconds a caller should wait when a part is away, or where
// nobody has said how long.
const retryAfter = "2"

// errorKey is where a handler's internal error waits for the request log.
const errorKey = "leadrail.error"

// challengeKey is where a route says how it wants its callers to authenticate.
const challengeKey = "leadrail.challenge"

var (
	errNoRoute  = &models.Error{Code: models.CodeNotFound, Reason: "no_route", Message: "There is nothing at this path; see /openapi.yaml."}
	errNoMethod = &models.Error{Code: models.CodeMalformed, Reason: "method_not_allowed", Message: "This path does not take this method; see /openapi.yaml."}
)

// shownOf is what a caller is shown of an error: the text of one that is not a
// *models.Error is for the log alone. Whole reports that there is no more to it.
func shownOf(err error) (shown *models.Error, whole bool) {
	if errors.As(err, &shown) {
		return shown, err == error(shown) //nolint:errorlint // asks whether there is more to it than the caller sees
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &models.Error{Code: models.CodeUnavailable, Message: "A part of the service did not answer in time; try again shortly."}, false
	}
	return &models.Error{Code: models.CodeInternal, Message: "Something went wrong on our side; the request id finds it in our log."}, false
}

// codeOf is an error's code for programs: the kind of error, or what refines it.
func codeOf(err *models.Error) string { return cmp.Or(err.Reason, string(err.Code)) }

// writeProblem answers with the error and ends the request.
func writeProblem(c *gin.Context, err error) {
	coded, whole := shownOf(err)
	if !whole {
		c.Set(errorKey, err)
	}
	status := statusOf(coded)
	unsaid := c.Writer.Header().Get("Retry-After") == ""
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests && unsaid {
		c.Header("Retry-After", retryAfter)
	}
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", cmp.Or(c.GetString(challengeKey), "Bearer"))
	}
	if c.GetBool(productKey) {
		writeProductError(c, status, coded)
		return
	}
	code := codeOf(coded)
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
