package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"
)

// neverDelivers ends the default sender's domain, from which no mail can come
// (RFC 2606 section 2).
const neverDelivers = ".invalid"

// problems collects what is wrong, one line a variable: what follows from the
// first problem of a variable is no news.
type problems struct {
	lines []error
	seen  map[string]bool
}

func (p *problems) add(variable string, problem error) {
	if p.seen[variable] {
		return
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	p.seen[variable] = true
	p.lines = append(p.lines, fmt.Errorf("%s: %w", variable, problem))
}

func (p *problems) addf(variable, format string, args ...any) {
	p.add(variable, fmt.Errorf(format, args...))
}

func (p *problems) err() error { return errors.Join(p.lines...) }

// check looks at each value, and at what must be set together.
func (p *problems) check(c Config) {
	p.address("LEADRAIL_LISTEN", c.Listen)
	if c.MetricsListen != MetricsOff {
		p.address("LEADRAIL_METRICS_LISTEN", c.MetricsListen)
	}
	p.address("LEADRAIL_TEMPORAL_LISTEN", c.TemporalListen)
	p.address("LEADRAIL_TEMPORAL_UI_LISTEN", c.TemporalUIListen)
	if c.PostgresPort < 1 || c.PostgresPort > 65535 {
		p.addf("LEADRAIL_POSTGRES_PORT", "%d is not a port", c.PostgresPort)
	}
	if c.DatabasePool < 1 {
		p.addf("LEADRAIL_DATABASE_POOL", "%d is not a size of a pool", c.DatabasePool)
	}
	p.link("LEADRAIL_CONVERSATION_URL", c.ConversationURL, "{conversationId}")
	p.link("LEADRAIL_LEAD_URL", c.LeadURL, "{submissionId}")
	p.mail(c)
	if c.UndeliveredAlertAfter < 0 {
		p.addf("LEADRAIL_UNDELIVERED_ALERT_AFTER", "%s is before the delivery gives up", c.UndeliveredAlertAfter)
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		p.addf("LEADRAIL_LOG_FORMAT", "%q is neither text nor json", c.LogFormat)
	}
}

func (p *problems) address(variable, value string) {
	if _, _, err := net.SplitHostPort(value); err != nil {
		p.addf(variable, "%q is not host:port", value)
	}
}

// link checks the template of a link, which may be absent.
func (p *problems) link(variable, value, placeholder string) {
	switch {
	case value == "":
	case !isWebURL(value):
		p.addf(variable, "%q is not an http or https URL", value)
	case !strings.Contains(value, placeholder):
		p.addf(variable, "%q has no %s in it", value, placeholder)
	}
}

func (p *problems) mail(c Config) {
	if c.Mail != "" && c.Mail != MailSendGrid && c.Mail != MailOutbox {
		p.addf("LEADRAIL_MAIL", "%q is neither %s nor %s", c.Mail, MailSendGrid, MailOutbox)
	}
	if !isWebURL(c.SendGridHost) {
		p.addf("SENDGRID_HOST", "%q is not an http or https URL", c.SendGridHost)
	}
	from, err := mail.ParseAddress(c.MailFrom)
	if err != nil {
		p.addf("LEADRAIL_MAIL_FROM", "%q is not an e-mail address", c.MailFrom)
	}
	if c.MailProvider() != MailSendGrid {
		return
	}
	if c.SendGridAPIKey == "" {
		p.addf("SENDGRID_API_KEY", "not set, but LEADRAIL_MAIL is %s", MailSendGrid)
	}
	if err == nil && strings.HasSuffix(from.Address, neverDelivers) {
		p.addf("LEADRAIL_MAIL_FROM", "set the sender that is verified at SendGrid")
	}
}

// isWebURL reports whether text, which may have placeholders in its path, is
// an absolute URL of the web.
func isWebURL(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && (parsed.Scheme == "https" || parsed.Scheme == "http") && parsed.Host != ""
}
