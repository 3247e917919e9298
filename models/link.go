package models

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
)

// ConversationURL makes the link to a conversation from a template with
// {conversationId}. It is empty when there is no template or no conversation.
func ConversationURL(template, conversationID string) string {
	return fillLink(template, "{conversationId}", conversationID)
}

// LeadURL makes the link to a lead's page from a template with {submissionId}.
// It is empty when there is no template.
func LeadURL(template, submissionID string) string {
	return fillLink(template, "{submissionId}", submissionID)
}

func fillLink(template, placeholder, id string) string {
	if template == "" || id == "" {
		return ""
	}
	return strings.ReplaceAll(template, placeholder, escape(id))
}

// escape makes a text one part of a path or of a query: it leaves the unreserved
// characters alone (RFC 3986 section 2.3). Ids of conversations are chosen by
// strangers.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// CheckLink refuses a text that is shown to people as a link and is none that
// they can follow safely: it is an http or https URL with a host and without a user,
// and has no character that would end it where it is shown.
func CheckLink(link string) error {
	strange := func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune(" <>\"\\^`{|}", r)
	}
	parsed, err := url.Parse(link)
	if err != nil || parsed.Hostname() == "" || parsed.User != nil || strings.ContainsFunc(link, strange) ||
		parsed.Scheme != "http" && parsed.Scheme != "https" {
		return errors.New("a link begins with http:// or https:// and a host, and has no spaces")
	}
	return nil
}
