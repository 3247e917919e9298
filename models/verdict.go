package models

import "time"

// Outcome is what a verdict asks the retry loop to do next.
type Outcome string

// The outcomes of an attempt.
const (
	// OutcomeDelivered: the endpoint took the lead.
	OutcomeDelivered Outcome = "delivered"
	// OutcomeRetry: the endpoint did not take it; the schedule decides when
	// to try again, and whether.
	OutcomeRetry Outcome = "retry"
	// OutcomeGiveUp: another try cannot help.
	OutcomeGiveUp Outcome = "give_up"
	// OutcomeDisable: as OutcomeGiveUp, and the action is switched off.
	OutcomeDisable Outcome = "disable"
)

// ErrorCode names why an attempt did not deliver.
type ErrorCode string

// The closed list of attempt error codes.
const (
	ErrorTimeout           ErrorCode = "timeout"
	ErrorDNS               ErrorCode = "dns_error"
	ErrorConnectionRefused ErrorCode = "connection_refused"
	ErrorConnectionReset   ErrorCode = "connection_reset"
	ErrorTLS               ErrorCode = "tls_error"
	ErrorRedirectRefused   ErrorCode = "redirect_refused"
	ErrorAddressRefused    ErrorCode = "address_refused"
	ErrorHTTPStatus        ErrorCode = "http_status"
	ErrorNotJSON           ErrorCode = "not_json"
	ErrorResponseTooLarge  ErrorCode = "response_too_large"
	ErrorProtocol          ErrorCode = "protocol_error"
	ErrorGone              ErrorCode = "gone"
	ErrorActionDisabled    ErrorCode = "action_disabled"
	ErrorNoRecipient       ErrorCode = "no_recipient"
	ErrorProviderRejected  ErrorCode = "provider_rejected"
	ErrorRateLimited       ErrorCode = "rate_limited"
	ErrorCancelled         ErrorCode = "cancelled"
	// ErrorHandlerFailed: the handler in the visitor's page says that it failed.
	ErrorHandlerFailed ErrorCode = "handler_failed"
)

// Valid reports whether c is on the list.
func (c ErrorCode) Valid() bool {
	switch c {
	case ErrorTimeout, ErrorDNS, ErrorConnectionRefused, ErrorConnectionReset, ErrorTLS, ErrorRedirectRefused,
		ErrorAddressRefused, ErrorHTTPStatus, ErrorNotJSON, ErrorResponseTooLarge, ErrorProtocol, ErrorGone,
		ErrorActionDisabled, ErrorNoRecipient, ErrorProviderRejected, ErrorRateLimited, ErrorCancelled, ErrorHandlerFailed:
		return true
	}
	return false
}

// Verdict is the endpoint's answer to one attempt, judged. It is recorded in
// workflow history, so it carries no personal data: no body, no header value,
// no address.
type Verdict struct {
	Outcome Outcome `json:"outcome"`
	// HTTPStatus is the status code of the answer, 0 where none arrived.
	HTTPStatus int `json:"httpStatus,omitempty"`
	// Code is empty when the outcome is OutcomeDelivered.
	Code ErrorCode `json:"code,omitempty"`
	// Message explains Code to an operator, in one sentence.
	Message string `json:"message,omitempty"`
	// RetryAfter is the shortest wait the endpoint asked for, 0 where it asked
	// for none.
	RetryAfter time.Duration `json:"retryAfter,omitempty"`
}

// Delivered reports whether the endpoint took the lead.
func (v Verdict) Delivered() bool { return v.Outcome == OutcomeDelivered }

// Final reports whether the verdict forbids another try.
func (v Verdict) Final() bool { return v.Outcome != OutcomeRetry }
