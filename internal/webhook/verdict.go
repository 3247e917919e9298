package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"leadrail/models"
)

// maxRetryAfter is the longest wait that an endpoint can ask for.
const maxRetryAfter = time.Hour

// Answer is what an endpoint sent, or the error that came instead.
type Answer struct {
	// Status is 0 where no answer arrived.
	Status int
	Header http.Header
	Body   []byte
	// Truncated: the body was longer than Body, which holds its start.
	Truncated bool
	// Err is why no answer arrived, or why its body did not arrive whole.
	Err error
	// AcceptAny: the action says "response": "any".
	AcceptAny bool
	// Now is when the answer arrived, for dates in Retry-After.
	Now time.Time
}

// Judge says whether the endpoint took the lead and, if not, what to do next.
// It is a pure function, and its text never repeats the body, a header value
// or the URL.
//
// Delivered is a 2xx (RFC 9110 section 15.3) whose body arrived whole and is
// empty or one JSON text, or anything with AcceptAny. JSON is what
// encoding/json.Valid takes: bare scalars, duplicate keys and invalid UTF-8
// inside strings pass; white space alone, a byte order mark, a second value,
// NaN and more than 10000 levels do not. The Content-Type is not looked at,
// and a body sent compressed, which was never asked for, is not JSON.
//
// 410 disables. An address or URL refused by the guard gives up. Everything
// else is worth a retry. The status decides even when the body behind it broke
// off, except behind a 2xx.
func Judge(answer Answer) models.Verdict {
	status := answer.Status
	switch {
	case status == 0 && answer.Err != nil:
		return failed(answer.Err)
	case status < 200 || status > 599:
		return retry(models.ErrorProtocol, status, "The endpoint answered with a status that HTTP does not define for an answer.")
	case status < 300:
		return acknowledged(answer)
	case status < 400:
		return retry(models.ErrorRedirectRefused, status,
			fmt.Sprintf("The endpoint answered with redirect %d, which is never followed; enter the final URL.", status))
	case status == http.StatusGone:
		v := retry(models.ErrorGone, status, "The endpoint answered 410 Gone, so the action was disabled.")
		v.Outcome = models.OutcomeDisable
		return v
	}
	return rejected(answer)
}

// acknowledged judges a 2xx.
func acknowledged(answer Answer) models.Verdict {
	switch {
	case answer.Truncated:
		return retry(models.ErrorResponseTooLarge, answer.Status, "The endpoint's answer is larger than the limit; answer with a short body or none.")
	case answer.Err != nil:
		v := failed(answer.Err)
		v.HTTPStatus = answer.Status
		return v
	case !answer.AcceptAny && len(answer.Body) > 0 && !json.Valid(answer.Body):
		return retry(models.ErrorNotJSON, answer.Status,
			fmt.Sprintf(`The endpoint answered %d but the body is not JSON; if that is its way, set "response": "any" on the action.`, answer.Status))
	}
	return models.Verdict{Outcome: models.OutcomeDelivered, HTTPStatus: answer.Status}
}

// rejected judges a 4xx or 5xx.
func rejected(answer Answer) models.Verdict {
	v := retry(models.ErrorHTTPStatus, answer.Status, fmt.Sprintf("The endpoint answered with status %d.", answer.Status))
	switch answer.Status {
	case http.StatusTooManyRequests:
		v.Code = models.ErrorRateLimited
		v.Message = "The endpoint answered 429: it receives more requests than it wants."
		v.RetryAfter = RetryAfter(answer.Header.Get("Retry-After"), answer.Now)
	case http.StatusServiceUnavailable:
		v.RetryAfter = RetryAfter(answer.Header.Get("Retry-After"), answer.Now)
	}
	return v
}

// RetryAfter reads a Retry-After value (RFC 9110 section 10.2.3): whole
// seconds or an HTTP date in any of its three forms. The result lies between 0
// and one hour; 0 for the past and for anything else.
func RetryAfter(value string, now time.Time) time.Duration {
	value = strings.Trim(value, " \t")
	if value != "" && strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil || seconds > int64(maxRetryAfter/time.Second) {
			return maxRetryAfter // only a number too large fails to parse here
		}
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now), 0), maxRetryAfter)
}

func retry(code models.ErrorCode, status int, message string) models.Verdict {
	return models.Verdict{Outcome: models.OutcomeRetry, HTTPStatus: status, Code: code, Message: message}
}
