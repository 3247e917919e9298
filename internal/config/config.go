package config

import (
	"log/slog"
	"net/netip"
	"reflect"
	"time"

	"leadrail/models"
)

// Config is every setting of every command.
type Config struct {
	Listen        string        `desc:"Address of the HTTP API." env:"LEADRAIL_LISTEN" envDefault:"127.0.0.1:8080"`
	MetricsListen string        `desc:"Address of metrics (/metrics) and profiles (/debug/pprof/), for operators only; off for none. Where the port is taken, the process runs without." env:"LEADRAIL_METRICS_LISTEN" envDefault:"127.0.0.1:9464"`
	DrainDelay    time.Duration `desc:"How long a process that was asked to stop still takes requests while /readyz answers 503, so that load balancers take it out. \"up\" stops at once." env:"LEADRAIL_DRAIN_DELAY" envDefault:"3s"`

	RateLimit      models.RateLimits `desc:"Most requests of each secret key, and of each address that uses a publishable key: how many a second (/s) or minute (/m), and behind the colon how many at once. A kind that is not named keeps its default, a rate without a kind is for both, off is no limit. The admin key has none." env:"LEADRAIL_RATE_LIMIT" envDefault:"secret=200/s:400,publishable=5/s:20"`
	TrustedProxies []netip.Prefix    `desc:"Address ranges of the proxies in front of the API, comma-separated: their X-Forwarded-For says who calls. Absent, nobody is believed." env:"LEADRAIL_TRUSTED_PROXIES"`

	AdminKey Secret `desc:"An admin key known before the first start. Absent, \"up\" makes one and keeps it in the data directory." env:"LEADRAIL_ADMIN_KEY"`

	DatabaseURL       Secret `desc:"PostgreSQL server, as a postgres:// URL. Absent, \"up\" runs its own." env:"DATABASE_URL"`
	DatabasePool      int    `desc:"Most connections to the database that this process opens." env:"LEADRAIL_DATABASE_POOL" envDefault:"20"`
	TemporalAddress   string `desc:"Temporal frontend, as host:port. Absent, \"up\" runs its own." env:"TEMPORAL_ADDRESS"`
	TemporalNamespace string `desc:"Temporal namespace." env:"TEMPORAL_NAMESPACE" envDefault:"default"`

	TemporalAPIKey     Secret `desc:"API key for the Temporal of TEMPORAL_ADDRESS." env:"TEMPORAL_API_KEY"`
	TemporalTLS        bool   `desc:"Whether to speak TLS to the Temporal of TEMPORAL_ADDRESS. With an API key, and with any of the next four, it is spoken in any case." env:"TEMPORAL_TLS"`
	TemporalCA         string `desc:"File with the authorities, in PEM, that may have signed Temporal's certificate. Absent, those of the system." env:"TEMPORAL_TLS_SERVER_CA_CERT_PATH"`
	TemporalServerName string `desc:"Name that Temporal's certificate is for, where it is not the host of TEMPORAL_ADDRESS." env:"TEMPORAL_TLS_SERVER_NAME"`
	TemporalClientCert string `desc:"File with the certificate, in PEM, that this process shows to Temporal." env:"TEMPORAL_TLS_CLIENT_CERT_PATH"`
	TemporalClientKey  string `desc:"File with the private key of that certificate, in PEM." env:"TEMPORAL_TLS_CLIENT_KEY_PATH"`

	DataDir          string `desc:"Where \"up\" keeps its database, keys and logs." env:"LEADRAIL_DATA_DIR" envDefault:"./data"`
	PostgresPort     int    `desc:"Port of the database that \"up\" runs, on 127.0.0.1." env:"LEADRAIL_POSTGRES_PORT" envDefault:"5466"`
	TemporalListen   string `desc:"Address of the Temporal server that \"up\" runs." env:"LEADRAIL_TEMPORAL_LISTEN" envDefault:"127.0.0.1:7233"`
	TemporalUIListen string `desc:"Address of the Temporal UI that \"up\" runs." env:"LEADRAIL_TEMPORAL_UI_LISTEN" envDefault:"127.0.0.1:8233"`
	TemporalBinary   string `desc:"The leadrail-temporal program that \"up\" runs. Absent, it is looked for beside this program and on PATH." env:"LEADRAIL_TEMPORAL_BINARY"`

	AllowCIDRs      []netip.Prefix `desc:"Private address ranges that webhooks may reach, comma-separated, for example 127.0.0.0/8. Cloud metadata addresses stay refused." env:"LEADRAIL_ALLOW_CIDRS"`
	ConversationURL string         `desc:"Link to a conversation, with {conversationId} in it." env:"LEADRAIL_CONVERSATION_URL"`
	SealKeys        Secret         `desc:"Keys that seal form data in workflow history, as id:base64 of 32 bytes, comma-separated. The first one seals, all open. Absent, \"up\" makes one and keeps it in the data directory." env:"LEADRAIL_SEAL_KEYS"`

	Mail           string `desc:"Who sends mail: sendgrid, or outbox, which keeps it and shows it on a page. Absent, it is sendgrid where SENDGRID_API_KEY is set, else outbox for \"up\"; other commands then refuse to run a form that sends mail." env:"LEADRAIL_MAIL"`
	MailFrom       string `desc:"Sender of mail: an address, or a name and an address in angle brackets. SendGrid takes verified senders only." env:"LEADRAIL_MAIL_FROM" envDefault:"leads@leadrail.invalid"`
	SendGridAPIKey Secret `desc:"SendGrid API key with the permission Mail Send." env:"SENDGRID_API_KEY"`
	SendGridHost   string `desc:"SendGrid's API; https://api.eu.sendgrid.com keeps mail in the European Union." env:"SENDGRID_HOST" envDefault:"https://api.sendgrid.com"`
	LeadURL        string `desc:"Link to a lead in mails, with {submissionId} in it. Absent, \"up\" links to its Temporal UI." env:"LEADRAIL_LEAD_URL"`

	UndeliveredAlertAfter time.Duration `desc:"How long a delivery that gave up may wait to be replayed or dismissed before the log and a mail to the form's owner say so, once a day for each form; 0 for never." env:"LEADRAIL_UNDELIVERED_ALERT_AFTER" envDefault:"24h"`

	LogLevel  slog.Level `desc:"Least level that is logged: debug, info, warn or error." env:"LEADRAIL_LOG_LEVEL" envDefault:"info"`
	LogFormat string     `desc:"Format of the log: text or json." env:"LEADRAIL_LOG_FORMAT" envDefault:"text"`
}

// MetricsOff is the MetricsListen of a process without metrics.
const MetricsOff = "off"

// Who can send mail.
const (
	MailSendGrid = "sendgrid"
	MailOutbox   = "outbox"
)

// MailProvider returns who sends mail: the choice of the configuration, or
// SendGrid where there is a key for it, "" when nobody was chosen.
func (c Config) MailProvider() string {
	if c.Mail == "" && c.SendGridAPIKey != "" {
		return MailSendGrid
	}
	return c.Mail
}

// LogValue implements slog.LogValuer: the settings that differ from their
// defaults, by variable. Secrets are left out.
func (c Config) LogValue() slog.Value {
	ours, defaults := reflect.ValueOf(c), reflect.ValueOf(defaults())
	var changed []slog.Attr
	for _, setting := range Settings() {
		value := ours.FieldByName(setting.field).Interface()
		_, secret := value.(Secret)
		if secret || reflect.DeepEqual(value, defaults.FieldByName(setting.field).Interface()) {
			continue
		}
		changed = append(changed, slog.Attr{Key: setting.Variable, Value: slog.AnyValue(value)})
	}
	return slog.GroupValue(changed...)
}
