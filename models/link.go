package models

import (
	"net/url"
	"strings"
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
	return strings.ReplaceAll(template, placeholder, url.PathEscape(id))
}
