package models

import (
	"net/url"
	"strings"
)

// ConversationURL makes the link to a conversation from a template with
// {conversationId}. It is empty when there is no template or no conversation.
func ConversationURL(template, conversationID string) string {
	if template == "" || conversationID == "" {
		return ""
	}
	return strings.ReplaceAll(template, "{conversationId}", url.PathEscape(conversationID))
}
