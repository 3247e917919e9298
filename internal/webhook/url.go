package webhook

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"leadrail/models"
)

// maxURL is the length limit of an endpoint URL in bytes. RFC 9110 section 4.1
// asks for at least 8000, yet no endpoint we know comes near 2048 and every
// attempt record repeats it.
const maxURL = 2048

// CheckURL says whether rawURL may be saved as an endpoint: nil, or a
// *models.Error with ReasonURL or ReasonAddress whose message tells the author
// what to change. It resolves nothing, so a host name that passes may still be
// refused at delivery.
//
// Accepted are absolute http and https URLs (RFC 9110 section 4.2) without
// user, password and fragment. An IP literal must pass Check, and must be
// written the one canonical way: the decimal, octal, hexadecimal and shortened
// spellings that some resolvers take for IPv4 are refused.
func (g *Guard) CheckURL(rawURL string) error {
	_, err := g.target(rawURL)
	return err
}

// target parses rawURL and applies every rule of CheckURL.
func (g *Guard) target(rawURL string) (*url.URL, error) {
	if err := checkText(rawURL); err != nil {
		return nil, err
	}
	parsed, err := url.Parse(rawURL)
	if err != nil {
		return nil, badURL("The URL cannot be parsed; write it like https://example.com/hook.")
	}
	switch {
	case parsed.Scheme != "http" && parsed.Scheme != "https":
		return nil, badURL("The URL must start with https:// or http://.")
	case parsed.Opaque != "" || parsed.Hostname() == "":
		return nil, badURL("The URL has no host; write it like https://example.com/hook.")
	case parsed.User != nil:
		return nil, badURL("The URL must not carry a user or password; put credentials into a custom header.")
	case strings.Contains(rawURL, "#"):
		return nil, badURL("The URL must not have a fragment (#…), which is never sent; write %23 for a literal #.")
	}
	if err := checkPort(parsed); err != nil {
		return nil, err
	}
	return parsed, g.checkHost(parsed)
}

// checkText refuses what must not reach a URL parser.
func checkText(rawURL string) error {
	unprintable := func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }
	switch {
	case rawURL == "":
		return badURL("The URL is empty.")
	case len(rawURL) > maxURL:
		return badURL("The URL is longer than 2048 bytes; shorten it.")
	case !utf8.ValidString(rawURL) || strings.ContainsFunc(rawURL, unprintable):
		return badURL("The URL contains a space, a control character or broken UTF-8; remove or percent-encode it.")
	}
	return nil
}

// checkPort wants no port or one of 1 to 65535 that does not belong to a
// protocol an HTTP request could be mistaken for (compare the port blocking of
// the WHATWG Fetch standard).
func checkPort(parsed *url.URL) error {
	text := parsed.Port()
	if text == "" && !strings.HasSuffix(parsed.Host, ":") {
		return nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return badURL("The port of the URL must be a number from 1 to 65535.")
	}
	foreign := []uint64{21, 22, 23, 25, 53, 110, 143, 389, 445, 465, 587, 993, 995, 3306, 5432, 6379, 11211, 27017}
	if slices.Contains(foreign, port) {
		return badURL("The port of the URL belongs to another protocol (mail, shell, database …); use one that speaks HTTP.")
	}
	return nil
}

func (g *Guard) checkHost(parsed *url.URL) error {
	host := strings.ToLower(parsed.Hostname())
	if addr, err := netip.ParseAddr(host); err == nil {
		return g.CheckEndpoint(netip.AddrPortFrom(addr, portOf(parsed)))
	}
	switch labels := strings.Split(host, "."); {
	case strings.HasSuffix(host, "."):
		return badURL("The host of the URL ends in a dot; remove it.")
	case len(host) > 253 || slices.ContainsFunc(labels, badLabel):
		return badURL("The host of the URL is not a valid name; write international names in their xn-- form.")
	case numeric(labels[len(labels)-1]):
		return badURL("The host of the URL is a number; write an IPv4 address as four decimal parts.")
	case labels[len(labels)-1] == "localhost":
		// RFC 6761 section 6.3: every name under localhost is loopback.
		return g.CheckEndpoint(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), portOf(parsed)))
	}
	return nil
}

// badLabel applies RFC 1123 section 2.1, and lets the underscore through that
// real hosts use.
func badLabel(label string) bool {
	return label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// numeric reports whether a host that ends in label would be read as an IPv4
// number (WHATWG URL, "ends in a number" checker). No top-level domain is.
func numeric(label string) bool {
	digits := "0123456789"
	if rest, hex := strings.CutPrefix(label, "0x"); hex {
		label, digits = rest, "0123456789abcdef"
	}
	return strings.Trim(label, digits) == ""
}

func badURL(message string) *models.Error {
	return &models.Error{Code: models.CodeInvalid, Reason: ReasonURL, Message: message}
}
