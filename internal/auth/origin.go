package auth

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"leadrail/models"
)

// setOrigins checks the origins of a key and writes them as browsers do.
func setOrigins(key *models.Key, origins []string) []models.FieldError {
	publishable := key.Kind == models.KeyPublishable
	switch {
	case publishable && len(origins) == 0:
		return []models.FieldError{problem("origins", "required", "Name the origins of the pages in which the key stands, such as https://www.example.com.")}
	case !publishable && len(origins) > 0:
		return []models.FieldError{problem("origins", "not_publishable", "A secret key does not work in a page: only a publishable one has origins.")}
	case len(origins) > maxOrigins:
		return []models.FieldError{problem("origins", "max_length", fmt.Sprintf("At most %d origins.", maxOrigins))}
	}
	var problems []models.FieldError
	for i, text := range origins {
		origin, err := ParseOrigin(text)
		if err != nil {
			problems = append(problems, problem(fmt.Sprintf("origins[%d]", i), "invalid", err.Error()))
		}
		key.Origins = append(key.Origins, origin)
	}
	return problems
}

// ParseOrigin reads scheme://host or scheme://host:port, with http or https,
// and returns it as a browser serialises it (RFC 6454 section 6.1): in lower
// case, without the scheme's own port. Hosts are ASCII; an international name
// is written in its xn-- form.
func ParseOrigin(text string) (string, error) {
	wrong := errors.New("an origin is scheme://host or scheme://host:port with http or https, and nothing behind it: no * and no path")
	parsed, err := url.Parse(text)
	if err != nil || strings.ContainsAny(text, "*?#@\\") || parsed.Path != "" || parsed.Host == "" {
		return "", wrong
	}
	host, port := strings.ToLower(parsed.Hostname()), parsed.Port()
	standard := map[string]string{"http": "80", "https": "443"}[parsed.Scheme]
	if standard == "" || !isHost(host) || strings.HasSuffix(parsed.Host, ":") {
		return "", wrong
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || port == standard {
		return parsed.Scheme + "://" + host, nil
	}
	if number, err := strconv.ParseUint(port, 10, 16); err != nil || number == 0 {
		return "", wrong
	}
	return parsed.Scheme + "://" + host + ":" + port, nil
}

// isHost reports whether text, in lower case, is a name or an address.
func isHost(text string) bool {
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:", r)
	}
	return text != "" && !strings.ContainsFunc(text, strange)
}
