package webhook

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"leadrail/models"
)

// The limits of custom headers, well below what common servers accept.
const (
	maxHeaders     = 32
	maxHeaderBytes = 8 << 10
)

// CheckHeaders says whether custom headers may be saved with an action: nil,
// or a *models.Error with ReasonHeaders and one field error, at
// "headers.<name>", for each header at fault. Values are never part of it.
//
// Names must be tokens (RFC 9110 section 5.6.2), at most 32 of them, different
// also when case is ignored; values visible ASCII, spaces and tabs; all
// together at most 8 KiB. Names that we set ourselves, that frame the message
// or that belong to the connection (RFC 9110 section 7.6.1) are refused.
func CheckHeaders(headers map[string]string) error {
	problems := make([]models.FieldError, 0, len(headers))
	seen := make(map[string]bool, len(headers))
	size := 0
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		size += len(name) + len(headers[name])
		code, message := headerProblem(name, headers[name])
		if canonical := http.CanonicalHeaderKey(name); seen[canonical] {
			code, message = "duplicate", "is given twice; header names ignore case"
		} else {
			seen[canonical] = true
		}
		if code != "" {
			problems = append(problems, models.FieldError{Field: "headers." + strconv.Quote(name), Code: code, Message: message})
		}
	}
	if len(headers) > maxHeaders || size > maxHeaderBytes {
		problems = append(problems, models.FieldError{
			Field: "headers", Code: "too_large",
			Message: fmt.Sprintf("at most %d headers of together %d bytes", maxHeaders, maxHeaderBytes),
		})
	}
	if len(problems) == 0 {
		return nil
	}
	return &models.Error{
		Code: models.CodeInvalid, Reason: ReasonHeaders,
		Message: "Some custom headers cannot be sent", Fields: problems,
	}
}

// headerProblem returns why a header cannot be sent, "" twice when it can.
func headerProblem(name, value string) (code, message string) {
	switch {
	case name == "" || strings.ContainsFunc(name, notToken):
		return "invalid_name", "is not a header name; use letters, digits and -"
	case reserved(name):
		return "reserved", "is set by Leadrail or belongs to the connection; remove it"
	case strings.ContainsFunc(value, notText):
		return "invalid_value", "has a line break, a control character or a non-ASCII character in its value"
	}
	return "", ""
}

func notToken(r rune) bool {
	return !strings.ContainsRune("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", r)
}

func notText(r rune) bool { return r != '\t' && (r < ' ' || r > '~') }

func reserved(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "content-type", "content-length", "content-encoding", "user-agent", "accept-encoding", "host", "expect",
		"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
		"te", "trailer", "transfer-encoding", "upgrade", "http2-settings":
		return true
	}
	return strings.HasPrefix(name, "webhook-")
}

// outgoing builds the headers of one attempt. Custom headers that CheckHeaders
// would refuse, saved before a rule existed, are left out; ours are set last.
func outgoing(request Request, now time.Time) http.Header {
	header := make(http.Header, len(request.Headers)+6)
	for name, value := range request.Headers {
		if code, _ := headerProblem(name, value); code == "" {
			header.Set(name, value)
		}
	}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "Leadrail/1")
	header.Set("Accept-Encoding", "identity")
	header.Set("webhook-id", request.ID)
	timestamp := strconv.FormatInt(now.Unix(), 10)
	header.Set("webhook-timestamp", timestamp)
	if len(request.Keys) > 0 {
		header.Set("webhook-signature", sign(request, timestamp))
	}
	return header
}
