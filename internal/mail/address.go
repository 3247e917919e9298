package mail

import (
	"log/slog"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"leadrail/models"
)

const (
	// The longest address that a mail transaction carries, and the longest part
	// before its "@" (RFC 5321 sections 4.5.3.1.3, less the angle brackets, and
	// 4.5.3.1.1).
	maxAddress   = 254
	maxLocalPart = 64
	// maxName is the longest display name, in characters.
	maxName = 100
)

// An address is a dot-atom (RFC 5322 section 3.2.3) at a host name with at
// least one dot. Quoted local parts and address literals, which the grammar
// has too, are for no mailbox that people use.
var (
	localPart  = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
	domainName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
)

// Address is a mailbox and, perhaps, the name of its owner. The zero Address
// is "none".
type Address struct {
	Name  string
	Email string
}

// NewAddress cleans name and checks email, which is ASCII but for its domain:
// an international one is taken in its xn-- form (RFC 5891). Of a name remains
// one line of at most 100 characters without ; , " < > and \, which part or
// quote the entries of a list. The error is a *models.Error that does not
// repeat the address.
func NewAddress(name, email string) (Address, error) {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return Address{}, invalidAddress()
	}
	local, domain := email[:at], email[at+1:]
	if !utf8.ValidString(domain) {
		return Address{}, invalidAddress() // which idna would repair
	}
	if !isASCII(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return Address{}, invalidAddress()
		}
		domain = ascii
	}
	if len(local) > maxLocalPart || !localPart.MatchString(local) || !domainName.MatchString(domain) {
		return Address{}, invalidAddress()
	}
	email = local + "@" + domain
	if len(email) > maxAddress {
		return Address{}, invalidAddress()
	}
	return Address{Name: cleanName(name), Email: email}, nil
}

// ParseRecipient reads one entry of a list of recipients: "ann@example.com" or
// "Ann <ann@example.com>". The rules and the error are those of NewAddress.
func ParseRecipient(text string) (Address, error) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return Address{}, invalidAddress()
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil {
		return Address{}, invalidAddress()
	}
	return NewAddress(parsed.Name, parsed.Address)
}

// String is the address as people write it, for display.
func (a Address) String() string {
	if a.Name == "" {
		return a.Email
	}
	return a.Name + " <" + a.Email + ">"
}

// LogValue implements slog.LogValuer and masks the address.
func (a Address) LogValue() slog.Value {
	if a == (Address{}) {
		return slog.StringValue("")
	}
	return slog.StringValue("[address]")
}

var listMarks = strings.NewReplacer(";", " ", ",", " ", `"`, " ", "<", " ", ">", " ", `\`, " ")

func cleanName(name string) string { return headerLine(listMarks.Replace(name), maxName) }

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII })
}

func invalidAddress() *models.Error {
	return models.Errorf(models.CodeInvalid,
		"An e-mail address looks like ada@example.com, has at most %d characters and plain letters before the @.", maxAddress)
}
