package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"

	"leadrail/models"
)

// dialError marks an error as met while opening the connection.
type dialError struct{ error }

func (e *dialError) Unwrap() error { return e.error }

// handshakeError marks an error as met during the TLS handshake; crypto/tls
// leaves many of them untyped.
type handshakeError struct{ error }

func (e *handshakeError) Unwrap() error { return e.error }

// failed judges an attempt that ended in err instead of a whole answer.
func failed(err error) models.Verdict {
	if refusal, ok := errors.AsType[*models.Error](err); ok {
		return models.Verdict{Outcome: models.OutcomeGiveUp, Code: models.ErrorAddressRefused, Message: refusal.Message}
	}
	code, message := classify(err)
	return retry(code, 0, message)
}

// classify names the failure behind err. The order matters: what the caller
// did before what the network did, the cause before the phase it struck in.
func classify(err error) (models.ErrorCode, string) {
	dns, inDNS := errors.AsType[*net.DNSError](err)
	_, inHandshake := errors.AsType[*handshakeError](err)
	_, inDial := errors.AsType[*dialError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return models.ErrorCancelled, "The attempt was cancelled before the endpoint had answered."
	case inDNS:
		return models.ErrorDNS, dnsMessage(dns)
	case isTimeout(err):
		return models.ErrorTimeout, timeoutMessage(inDial, inHandshake)
	case errors.Is(err, syscall.ECONNREFUSED):
		return models.ErrorConnectionRefused, "The endpoint refused the connection; nothing listens on that port."
	case isReset(err):
		return models.ErrorConnectionReset, "The endpoint closed the connection before its answer was complete."
	case inHandshake, isAlert(err):
		return models.ErrorTLS, tlsMessage(err)
	case inDial:
		return models.ErrorConnectionRefused, "The endpoint's address cannot be reached."
	}
	return models.ErrorProtocol, "The endpoint's answer is not valid HTTP/1.1 or exceeds its limits."
}

func dnsMessage(err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return "The host name of the endpoint does not exist."
	case err.IsTimeout:
		return "The host name of the endpoint was not resolved in time."
	}
	return "The host name of the endpoint could not be resolved."
}

func timeoutMessage(inDial, inHandshake bool) string {
	switch {
	case inDial:
		return "No connection to the endpoint was opened in time."
	case inHandshake:
		return "The TLS handshake with the endpoint did not finish in time."
	}
	return "The endpoint's answer did not arrive whole in time."
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	network, ok := errors.AsType[net.Error](err)
	return ok && network.Timeout()
}

// isReset reports whether the other side went away. io.EOF is among them: the
// whole answer ends without one.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// isAlert reports whether err is a TLS alert met after the handshake, such as
// a missing client certificate in TLS 1.3. crypto/tls wraps its unexported
// alert type in a net.OpError with these operations.
func isAlert(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "remote error" || op.Op == "local error")
}

// tlsMessage tells the reasons that the owner of an endpoint can act on apart.
func tlsMessage(err error) string {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "The endpoint does not speak TLS on that port; use http:// or the port that does."
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "The endpoint's certificate is for another host."
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "The endpoint's certificate is not signed by a known authority."
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "The endpoint's certificate has expired or is not valid yet."
	}
	return "No secure connection to the endpoint could be agreed on."
}
