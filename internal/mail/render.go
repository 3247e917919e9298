package mail

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"regexp"
	"strings"
	texttemplate "text/template"
	"time"
)

//go:embed templates/*.tmpl
var files embed.FS

// Parsed once; executing them is safe for concurrent use.
var (
	htmlTemplates = htmltemplate.Must(htmltemplate.ParseFS(files, "templates/*.html.tmpl"))
	textTemplates = texttemplate.Must(texttemplate.ParseFS(files, "templates/*.txt.tmpl"))
)

// render executes both templates of a kind of mail over the same view.
func render(kind, subject string, view any) (Content, error) {
	var html, text strings.Builder
	if err := htmlTemplates.ExecuteTemplate(&html, kind+".html.tmpl", view); err != nil {
		return Content{}, fmt.Errorf("render %s mail: %w", kind, err)
	}
	if err := textTemplates.ExecuteTemplate(&text, kind+".txt.tmpl", view); err != nil {
		return Content{}, fmt.Errorf("render %s mail: %w", kind, err)
	}
	return Content{Subject: subject, HTML: html.String(), Text: text.String()}, nil
}

// linkHost is a host as browsers take it; url.Parse is more generous.
var linkHost = regexp.MustCompile(`^[A-Za-z0-9._~:\[\]\x{80}-\x{10FFFF}-]+$`)

// link returns address if it is an absolute http(s) URL without a user, in
// ASCII, and "" for anything else.
func link(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || !linkHost.MatchString(parsed.Host) || parsed.User != nil || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return ""
	}
	return percentEncoded(parsed.String())
}

// percentEncoded encodes the bytes that no URL has (RFC 3986 section 2):
// url.URL leaves a query as it came.
func percentEncoded(address string) string {
	var encoded strings.Builder
	for _, char := range []byte(address) {
		if char <= ' ' || char > '~' || strings.IndexByte("\"<>\\^`{|}", char) >= 0 {
			fmt.Fprintf(&encoded, "%%%02X", char)
		} else {
			encoded.WriteByte(char)
		}
	}
	return encoded.String()
}

// moment shows a time in UTC, the zero time as nothing.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}
