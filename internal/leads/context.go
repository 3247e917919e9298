package leads

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"leadrail/models"
)

// Bounds of what comes with a form. Lengths count characters.
const (
	maxChannel = 64
	maxURL     = 2048
	maxUTM     = 20
	maxUTMName = 64
	maxUTMText = 512
	maxConsent = 10_000
	maxVersion = 128
)

// Context is where a form was shown. Everything in it may be absent.
type Context struct {
	// Channel is the caller's word for the way: "widget", "email".
	Channel string `json:"channel,omitempty"`
	// PageURL is an http or https URL.
	PageURL string `json:"pageUrl,omitempty"`
	// Referrer is what the browser says, which need not be a page.
	Referrer string `json:"referrer,omitempty"`
	// UTM are the page's campaign parameters, under names of the caller's choice.
	UTM map[string]string `json:"utm,omitempty"`
}

// Consent is what a visitor agreed to, as evidence. Everything in it may be
// absent.
type Consent struct {
	// Text is what the visitor read.
	Text string `json:"text,omitempty"`
	// Version is the caller's name for the text.
	Version string            `json:"version,omitempty"`
	At      *models.Timestamp `json:"at,omitempty"`
}

func (c *Context) check() []models.FieldError {
	if c == nil {
		return nil
	}
	problems := slices.Concat(
		checkLength("context.channel", c.Channel, maxChannel),
		checkLength("context.pageUrl", c.PageURL, maxURL),
		checkLength("context.referrer", c.Referrer, maxURL),
	)
	if page, err := url.Parse(c.PageURL); c.PageURL != "" && (err != nil || page.Host == "" || page.Scheme != "http" && page.Scheme != "https") {
		problems = append(problems, models.FieldError{
			Field: "context.pageUrl", Code: "url", Message: "The URL of a page begins with http:// or https:// and a host.",
		})
	}
	if len(c.UTM) > maxUTM {
		problems = append(problems, models.FieldError{
			Field: "context.utm", Code: "max_items", Message: fmt.Sprintf("At most %d parameters.", maxUTM),
		})
	}
	for _, name := range slices.Sorted(maps.Keys(c.UTM)) {
		problems = append(problems, checkLength("context.utm", name, maxUTMName)...)
		problems = append(problems, checkLength("context.utm", c.UTM[name], maxUTMText)...)
	}
	return problems
}

func (c *Consent) check(now time.Time) []models.FieldError {
	if c == nil {
		return nil
	}
	return slices.Concat(
		checkLength("consent.text", c.Text, maxConsent),
		checkLength("consent.version", c.Version, maxVersion),
		checkTime("consent.at", c.At, now),
	)
}

func checkLength(path, text string, most int) []models.FieldError {
	if utf8.RuneCountInString(text) > most {
		return []models.FieldError{{Field: path, Code: "max_length", Message: fmt.Sprintf("At most %d characters.", most)}}
	}
	return unstorableText(path, text)
}

// documentOf keeps what is absent absent.
func documentOf[T Context | Consent](value *T) models.Document {
	if value == nil {
		return nil
	}
	document, _ := models.NewDocument(value) // an error is impossible: these are texts and a time
	return document
}
