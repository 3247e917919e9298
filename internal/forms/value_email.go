package forms

import (
	"net/mail"
	"regexp"
	"strings"

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
