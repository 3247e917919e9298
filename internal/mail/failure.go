package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"leadrail/models"
)

// dialError marks an error as met while opening the connection.
type dialError struct{ error }

func (e *dialError) Unwrap() error { return e.error }

// failed judges an attempt that no answer came to. The host is the operator's
// choice, not a stranger's, so even a refused address is worth a retry: the
// setting can be mended, and the lead's mail with it.
func failed(err error) models.Verdict {
	code, message := classify(err)
	return models.Verdict{Outcome: models.OutcomeRetry, Code: code, Message: message}
}

// classify names the failure behind err. The order matters: what the caller
// did before what the network did, the cause before the phase it struck in.
func classify(err error) (models.ErrorCode, string) {
	refusal, refused := errors.AsType[*models.Error](err)
	_, inDNS := errors.AsType[*net.DNSError](err)
	_, inDial := errors.AsType[*dialError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return models.ErrorCancelled, "The attempt was cancelled before SendGrid had answered."
	case refused:
		return models.ErrorAddressRefused, refusal.Message
	case inDNS:
		return models.ErrorDNS, "The name of SendGrid's host could not be resolved."
	case isTimeout(err) && (inDial || strings.HasSuffix(err.Error(), "TLS handshake timeout")):
		return models.ErrorTimeout, "No connection to SendGrid was opened in time."
	case isTimeout(err):
		return models.ErrorTimeout, "SendGrid did not answer in time; it may have taken the mail all the same."
	case errors.Is(err, syscall.ECONNREFUSED):
		return models.ErrorConnectionRefused, "SendGrid's host refused the connection."
	case isReset(err):
		return models.ErrorConnectionReset, "SendGrid closed the connection without an answer."
	case inDial:
		return models.ErrorConnectionRefused, "SendGrid's host cannot be reached."
	case isTLS(err):
		return models.ErrorTLS, "No secure connection to SendGrid could be agreed on."
	}
	return models.ErrorProtocol, "SendGrid's answer is not valid HTTP/1.1 or exceeds its limits."
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	network, ok := errors.AsType[net.Error](err)
	return ok && network.Timeout()
}

// isReset reports whether the other side went away. net/http says so without a
// type where that happened before the request was written.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.HasSuffix(err.Error(), "http: server closed idle connection")
}

// isTLS reports whether the handshake failed. crypto/tls wraps its alerts in a
// net.OpError with these operations, and leaves other errors untyped but for
// the start of their text.
func isTLS(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	if ok && (op.Op == "remote error" || op.Op == "local error") {
		return true
	}
	return errors.Is(err, http.ErrSchemeMismatch) || strings.Contains(err.Error(), ": tls: ")
}
