package forms

import (
	"net/mail"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// The longest address that a mail transaction carries, and the longest part
// before its "@", in bytes (RFC 5321 sections 4.5.3.1.3, less the angle
// brackets, and 4.5.3.1.1).
const (
	maxEmail     = 254
	maxLocalPart = 64
)

// domainPattern is a host name with a dot in it, in its ASCII form: what comes
// out of IDNA needs only its lengths checked, and a name at its end.
var domainPattern = regexp.MustCompile(`^([a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,62}$`)

// isEmail takes a bare address (RFC 5322 section 3.4.1), in any script, whose
// domain can be looked up (RFC 5891 section 5). Without a dot in the domain
// nobody outside could write to it.
func isEmail(text string) bool {
	if len(text) > maxEmail {
		return false
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text {
		return false
	}
	at := strings.LastIndexByte(text, '@')
	domain, err := idna.Lookup.ToASCII(text[at+1:])
	return err == nil && at <= maxLocalPart && at+1+len(domain) <= maxEmail && domainPattern.MatchString(domain)
}

// Bounds of a phone number, in digits: an emergency call has 3, an
// international number at most 15 (ITU-T E.164 section 6).
const (
	minTelDigits = 3
	maxTelDigits = 15
)

// telPattern is digits with what people put between them, no-break spaces and
// the hyphens of typesetters included, and a plus before the first of them.
var telPattern = regexp.MustCompile(`^[ (]*\+?[-0-9 ()./\x{a0}\x{2010}-\x{2013}]*$`)

// isTel takes what looks like a phone number. Whether a number of its country
// can look so is not asked.
func isTel(text string) bool {
	digits := 0
	for _, r := range text {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= minTelDigits && digits <= maxTelDigits && telPattern.MatchString(text)
}

// isDate takes a day of the calendar as ISO 8601 writes it, 2026-11-22.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
