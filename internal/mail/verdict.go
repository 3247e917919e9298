package mail

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"leadrail/models"
)

// maxRetryAfter is the longest wait that SendGrid can ask for.
const maxRetryAfter = time.Hour

// answer is what SendGrid sent, or the error that came instead.
type answer struct {
	// status is 0 where no answer arrived.
	status int
	header http.Header
	body   string
	// err is why no answer arrived, or why its body did not arrive whole.
	err error
	now time.Time
	// secrets are the texts that the answer must not be quoted with.
	secrets []string
}

// verdict judges the answer. The status decides even when the body behind it
// broke off: after a 202 the mail is on its way.
func (a answer) verdict() models.Verdict {
	switch {
	case a.status == 0:
		return failed(a.err)
	case a.status < 200 || a.status > 599:
		return a.retry(models.ErrorProtocol, "SendGrid answered with a status that HTTP does not define for an answer.")
	case a.status < 300:
		return models.Verdict{Outcome: models.OutcomeDelivered, HTTPStatus: a.status}
	case a.status < 400:
		return a.retry(models.ErrorRedirectRefused, fmt.Sprintf("SendGrid's host answered with redirect %d, which is never followed.", a.status))
	}
	return a.rejected()
}

// rejected judges a 4xx or 5xx.
func (a answer) rejected() models.Verdict {
	switch a.status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		v := a.retry(models.ErrorProviderRejected, a.explained("SendGrid rejected the mail"))
		v.Outcome = models.OutcomeGiveUp
		return v
	case http.StatusUnauthorized:
		return a.retry(models.ErrorHTTPStatus, a.explained("SendGrid refused the API key"))
	case http.StatusForbidden:
		return a.retry(models.ErrorHTTPStatus, a.explained("SendGrid refused the API key or the sender's address"))
	case http.StatusTooManyRequests:
		v := a.retry(models.ErrorRateLimited, "SendGrid answered 429: the account sends more than it may.")
		v.RetryAfter = a.wait()
		return v
	}
	v := a.retry(models.ErrorHTTPStatus, a.explained("SendGrid did not take the mail"))
	if a.status == http.StatusServiceUnavailable {
		v.RetryAfter = a.wait()
	}
	return v
}

func (a answer) retry(code models.ErrorCode, message string) models.Verdict {
	return models.Verdict{Outcome: models.OutcomeRetry, HTTPStatus: a.status, Code: code, Message: message}
}

// explained adds the status and SendGrid's own words to a finding.
func (a answer) explained(finding string) string {
	finding = fmt.Sprintf("%s with status %d", finding, a.status)
	if reason := a.reason(); reason != "" {
		return finding + ": " + reason
	}
	return finding + " and gave no reason."
}

// reason is what the error envelope says, fit for the record; "" where there
// is none.
func (a answer) reason() string {
	var envelope struct {
		Errors []struct {
			Message string `json:"message"`
			Field   string `json:"field"`
		} `json:"errors"`
	}
	if json.Unmarshal([]byte(a.body), &envelope) != nil {
		return ""
	}
	var reason string
	for _, problem := range envelope.Errors {
		if problem.Message == "" {
			continue
		}
		if reason != "" {
			reason += "; "
		}
		reason += problem.Message
		if problem.Field != "" {
			reason += " (" + problem.Field + ")"
		}
	}
	return scrub(reason, a.secrets)
}

// wait is how long SendGrid wants to be left alone, at most an hour: as
// Retry-After says in seconds or with a date (RFC 9110 section 10.2.3) and,
// where the rate limit was the reason, until X-RateLimit-Reset, in seconds since
// 1970; the later of the two. Garbage and the past count as nothing.
func (a answer) wait() time.Duration {
	wait := a.retryAfter()
	if reset, ok := digits(a.header.Get("X-RateLimit-Reset")); ok && a.status == http.StatusTooManyRequests {
		wait = max(wait, seconds(reset-a.now.Unix()))
	}
	return min(max(wait, 0), maxRetryAfter)
}

func (a answer) retryAfter() time.Duration {
	value := a.header.Get("Retry-After")
	if delay, ok := digits(value); ok {
		return seconds(delay)
	}
	if date, err := http.ParseTime(value); err == nil {
		return date.Sub(a.now)
	}
	return 0
}

// digits reads a number without sign, and one that is too large as the largest.
func digits(text string) (int64, bool) {
	number, err := strconv.ParseUint(text, 10, 63)
	return int64(number), err == nil || errors.Is(err, strconv.ErrRange)
}

// seconds makes a duration, of which more than maxRetryAfter does not matter.
func seconds(number int64) time.Duration {
	return time.Duration(min(number, int64(maxRetryAfter/time.Second))) * time.Second
}
