package forms

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"leadrail/models"
)

func (c *checker) actions(in *Input) {
	if len(in.PostActions) > maxActions {
		c.addf("postActions", "max_items", "At most %d actions.", maxActions)
		return
	}
	seen := map[string]bool{}
	for _, action := range in.actions() {
		c.action(action)
		if seen[action.Name] {
			c.addf(action.path+".name", "duplicate", "Another action of the form is called %q.", action.Name)
		}
		seen[action.Name] = true
	}
}

func (c *checker) action(action ActionInput) {
	own := action.path == ownPath
	switch {
	case action.path == clientPath:
		return // made here
	case action.Type == models.ActionClient:
		c.addf(action.path+".type", "unsupported", `Work of the page is no action of the list: set executionMode to "client" or "both", and clientHandler.`)
		return
	case own && action.Type != models.ActionWebhook:
		c.addf(action.path+".type", "unsupported", "The type of the form's own webhook is %q.", models.ActionWebhook)
		return
	case !action.Type.Valid():
		c.addf(action.path+".type", "unsupported", "The type of an action is %q, %q or %q.",
			models.ActionWebhook, models.ActionEmail, models.ActionSlack)
		return
	case action.Name == clientName:
		c.addf(action.path+".name", "reserved", "The work of the page's handler, and it alone, is called %q.", clientName)
	case own != (action.Name == webhookName):
		c.addf(action.path+".name", "reserved", "The form's own webhook, and it alone, is called %q.", webhookName)
	default:
		c.name(action.path+".name", action.Name)
	}
	c.schedule(action.path+".retrySchedule", action.RetrySchedule)
	c.foreign(action)
	switch action.Type {
	case models.ActionEmail:
		c.email(action)
	case models.ActionSlack:
		c.slack(action)
	case models.ActionWebhook:
		c.webhook(action)
	case models.ActionClient: // refused above
	}
}

// foreign refuses what belongs to actions of other types.
func (c *checker) foreign(action ActionInput) {
	if action.Type != models.ActionWebhook && (action.URL != "" || len(action.Headers) > 0 || action.Response != "") {
		c.addf(action.path, "unsupported", "url, headers and response are for an action of type %q.", models.ActionWebhook)
	}
	if action.Type != models.ActionEmail && (len(action.To) > 0 || action.Subject != "" || action.ToTeam) {
		c.addf(action.path, "unsupported", "to, subject and toTeam are for an action of type %q.", models.ActionEmail)
	}
	if action.Type != models.ActionSlack && (action.WebhookURL != "" || action.MessageTemplate != "") {
		c.addf(action.path, "unsupported", "webhookUrl and messageTemplate are for an action of type %q.", models.ActionSlack)
	}
}

// slack checks no URL that stands for the stored one: that was checked when it
// came.
func (c *checker) slack(action ActionInput) {
	if action.WebhookURL != Mask {
		if err := c.destinations.CheckURL(action.WebhookURL); err != nil {
			c.addf(action.path+".webhookUrl", "invalid", "%s", err)
		}
	}
	if utf8.RuneCountInString(action.MessageTemplate) > maxTemplate {
		c.addf(action.path+".messageTemplate", "max_length", "At most %d characters.", maxTemplate)
	}
	c.storable(action.path+".messageTemplate", action.MessageTemplate)
}

func (c *checker) webhook(action ActionInput) {
	if !action.Response.Valid() {
		c.addf(action.path+".response", "invalid", `The response rule is "json" or "any".`)
	}
	if err := c.destinations.CheckURL(action.URL); err != nil {
		c.addf(action.path+".url", "invalid", "%s", err)
	}
	if err := c.destinations.CheckHeaders(withoutMasks(action.Headers)); err != nil {
		c.addf(action.path+".headers", "invalid", "%s", err)
	}
}

// withoutMasks empties the values that stand for stored ones, which were
// checked when they came.
func withoutMasks(headers map[string]string) map[string]string {
	shown := make(map[string]string, len(headers))
	for name, value := range headers {
		if value == Mask {
			value = ""
		}
		shown[name] = value
	}
	return shown
}

func (c *checker) email(action ActionInput) {
	switch {
	case len(action.To) == 0 && !action.ToTeam:
		c.addf(action.path+".to", "required", "Name a recipient, or set toTeam.")
	case len(action.To) > maxRecipients:
		c.addf(action.path+".to", "max_items", "At most %d recipients.", maxRecipients)
	default:
		for i, recipient := range action.To {
			c.recipient(fmt.Sprintf("%s.to[%d]", action.path, i), recipient)
		}
	}
	c.subject(action.path+".subject", action.Subject)
}

func (c *checker) recipient(path, text string) {
	if err := c.destinations.CheckRecipient(text); err != nil {
		c.addf(path, "invalid", "%s", err)
	}
}

func (c *checker) subject(path, text string) {
	if utf8.RuneCountInString(text) > maxSubject {
		c.addf(path, "max_length", "At most %d characters.", maxSubject)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
		c.addf(path, "invalid", "A subject is one line without control characters.")
	}
}

func (c *checker) schedule(path string, schedule []models.Duration) {
	if len(schedule) > models.MaxRetries {
		c.addf(path, "max_items", "At most %d retries.", models.MaxRetries)
	}
	for i, wait := range schedule {
		if wait < 0 || wait > models.MaxRetryWait {
			c.addf(fmt.Sprintf("%s[%d]", path, i), "range", "A wait is between 0s and %s.", models.MaxRetryWait)
		}
	}
}
