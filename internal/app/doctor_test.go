package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"leadrail/internal/app"
	"leadrail/internal/config"
	"leadrail/internal/pgtest"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// patient is an installation with which everything is well.
type patient struct {
	config   config.Config
	temporal *frontend
	keyring  *seal.Keyring
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	c, err := config.Load("doctor", nil, func(string) string { return "" }, io.Discard)
	require.NoError(t, err)
	temporal := startFrontend(t)
	c.DatabaseURL, c.TemporalAddress = config.Secret(pgtest.New(t)), temporal.address
	c.AdminKey, c.SealKeys = "lr_admin", config.Secret(seal.GenerateKey("k1"))
	keyring, err := seal.ParseKeyring(c.SealKeys.Reveal())
	require.NoError(t, err)
	return &patient{config: c, temporal: temporal, keyring: keyring}
}

// form stores a form with these actions.
func (p *patient) form(t *testing.T, actions ...models.Destination) {
	t.Helper()
	db, err := store.Open(p.config.DatabaseURL.Reveal(), store.Options{})
	require.NoError(t, err)
	defer db.Close()
	record := store.FormRecord{
		Form:    models.Form{ID: "form_1", AgentID: "agent_1", Name: "contact", Version: 1},
		Version: models.FormVersion{FormID: "form_1", Version: 1},
	}
	for _, action := range actions {
		action.ActionID, action.FormID = "act_"+action.Name, "form_1"
		record.Version.Definition.Actions = append(record.Version.Definition.Actions, models.Action{ID: action.ActionID, Name: action.Name})
		record.Destinations = append(record.Destinations, action)
	}
	require.NoError(t, db.CreateForm(t.Context(), record))
}

// wait puts a lead into the intake.
func (p *patient) wait(t *testing.T, since time.Time) {
	t.Helper()
	db, err := store.Open(p.config.DatabaseURL.Reveal(), store.Options{})
	require.NoError(t, err)
	defer db.Close()
	_, err = db.SaveIntake(t.Context(), models.Intake{ID: "sub_1", Lead: models.Sealed("x"), AcceptedAt: since})
	require.NoError(t, err)
}

func webhook(name, url string) models.Destination {
	return models.Destination{Name: name, URL: url, Enabled: true}
}

func email() models.Destination {
	return models.Destination{Name: "mail", Recipients: []string{"sales@example.com"}, Enabled: true}
}

// diagnose returns the lines of the report that are not ok.
func (p *patient) diagnose(t *testing.T) (troubles []string, err error) {
	t.Helper()
	var report bytes.Buffer
	err = app.Doctor(t.Context(), p.config, &report)
	for line := range strings.Lines(report.String()) {
		if !strings.HasPrefix(line, "ok   ") {
			troubles = append(troubles, strings.TrimSuffix(line, "\n"))
		}
	}
	return troubles, err
}

func TestDoctorFindsAllWell(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.form(t, webhook("crm", "https://example.com/hook"))
	var report bytes.Buffer
	require.NoError(t, app.Doctor(t.Context(), p.config, &report))
	require.Regexp(t, `^ok   configuration: complete
ok   postgres: version \d\d
ok   schema: version \d+
ok   seal keys: they can be read
ok   sealed headers: 0 of 0 open
ok   webhooks: 1 of 1 URLs are allowed
ok   mail: no form sends any
ok   intake: nothing waits
ok   temporal: answers at 127.0.0.1:\d+
ok   namespace: "default" keeps finished workflows for 1.5 days
ok   search attributes: all 6 are registered
ok   worker: 1 on the task queue leads
$`, report.String())
}

// TestDoctorSaysWhatToDo has one trouble a case; the lines are matched as
// wholes, except for causes in parentheses.
func TestDoctorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ail  func(t *testing.T, p *patient)
		want []string
	}{
		"no keys": {
			func(_ *testing.T, p *patient) { p.config.SealKeys, p.config.AdminKey = "", "" },
			[]string{
				"fail configuration: LEADRAIL_SEAL_KEYS is not set",
				"warn seal keys: not looked at, because of configuration",
				"warn sealed headers: not looked at, because of seal keys",
			},
		},
		"no admin key": {
			func(_ *testing.T, p *patient) { p.config.AdminKey = "" },
			[]string{"warn configuration: LEADRAIL_ADMIN_KEY is not set: the API does not start without it"},
		},
		"no Postgres": {
			func(_ *testing.T, p *patient) { p.config.DatabaseURL = "postgres://leads:hunter2@127.0.0.1:1/leadrail" },
			[]string{
				"fail postgres: start the server, or correct DATABASE_URL",
				"warn schema: not looked at, because of postgres",
				"warn sealed headers: not looked at, because of schema",
				"warn webhooks: not looked at, because of schema",
				"warn mail: not looked at, because of schema",
				"warn intake: not looked at, because of schema",
			},
		},
		"no URL": {
			func(_ *testing.T, p *patient) {
				p.config.DatabaseURL = "postgres://leads:hunter2@127.0.0.1:port/leadrail"
			},
			[]string{
				"fail postgres: DATABASE_URL cannot be read: write it postgres://user:password@host:5432/database",
				"warn schema: not looked at, because of postgres",
				"warn sealed headers: not looked at, because of schema",
				"warn webhooks: not looked at, because of schema",
				"warn mail: not looked at, because of schema",
				"warn intake: not looked at, because of schema",
			},
		},
		"keys that are none": {
			func(_ *testing.T, p *patient) { p.config.SealKeys = "k1:AAAA" },
			[]string{
				"fail seal keys: correct LEADRAIL_SEAL_KEYS",
				"warn sealed headers: not looked at, because of seal keys",
			},
		},
		"a key that is gone": {
			func(t *testing.T, p *patient) {
				t.Helper()
				crm := webhook("crm", "https://example.com/hook")
				crm.Headers = p.keyring.Seal([]byte(`{"X-Key":"hunter2"}`), "act_crm")
				chat := models.Destination{Name: "chat", Type: models.ActionSlack, SealedURL: p.keyring.Seal([]byte("hunter2"), "act_chat")}
				p.form(t, crm, chat)
				p.config.SealKeys = config.Secret(seal.GenerateKey("k2"))
			},
			[]string{"fail sealed headers: 2 of 2 do not open (contact/chat, contact/crm): add the key that sealed them to LEADRAIL_SEAL_KEYS," +
				" or send them again"},
		},
		"refused webhooks": {
			func(t *testing.T, p *patient) {
				t.Helper()
				webhooks := []models.Destination{webhook("fine", "https://example.com/hook")}
				for i := range 7 {
					webhooks = append(webhooks, webhook(fmt.Sprintf("w%d", i), "http://10.0.0.1/hunter2"))
				}
				p.form(t, webhooks...)
			},
			[]string{"fail webhooks: 7 of 8 URLs are refused (contact/w0, contact/w1, contact/w2, contact/w3, contact/w4, 2 more):" +
				" correct them, or list their ranges in LEADRAIL_ALLOW_CIDRS"},
		},
		"a refused Slack URL": {
			func(t *testing.T, p *patient) {
				t.Helper()
				chat := models.Destination{Name: "chat", Type: models.ActionSlack, Enabled: true}
				chat.SealedURL = p.keyring.Seal([]byte("http://10.0.0.1/hunter2"), "act_chat")
				p.form(t, webhook("crm", "https://example.com/hook"), chat)
			},
			[]string{"fail webhooks: 1 of 2 URLs are refused (contact/chat): correct them, or list their ranges in LEADRAIL_ALLOW_CIDRS"},
		},
		"leads that nobody starts": {
			func(t *testing.T, p *patient) {
				t.Helper()
				p.wait(t, time.Now().Add(-10*time.Minute))
			},
			[]string{"fail intake: 1 leads wait for Temporal, the first for 10m0s: see that Temporal answers and that an API or a worker runs"},
		},
		"nobody to send mail": {
			func(t *testing.T, p *patient) {
				t.Helper()
				p.form(t, email())
			},
			[]string{"fail mail: a form sends mail, and LEADRAIL_MAIL is not set: choose sendgrid or outbox"},
		},
		"mail that nobody gets": {
			func(_ *testing.T, p *patient) { p.config.Mail = config.MailOutbox },
			[]string{"warn mail: kept in the outbox, nobody gets it: set LEADRAIL_MAIL to sendgrid to send it"},
		},
		"SendGrid that cannot work": {
			func(_ *testing.T, p *patient) {
				p.config.SendGridAPIKey, p.config.MailFrom, p.config.SendGridHost = "hun ter2", "leads@example.com", "https://example.com/v3"
			},
			[]string{"fail mail: the SendGrid API key is empty or has characters that no key has;" +
				" the SendGrid host is a URL such as https://api.sendgrid.com"},
		},
		"no Temporal": {
			func(_ *testing.T, p *patient) { p.config.TemporalAddress = "127.0.0.1:1" },
			[]string{
				"fail temporal: start the server, or correct TEMPORAL_ADDRESS",
				"warn namespace: not looked at, because of temporal",
				"warn search attributes: not looked at, because of namespace",
				"warn worker: not looked at, because of namespace",
			},
		},
		"no namespace": {
			func(_ *testing.T, p *patient) { p.config.TemporalNamespace = "other" },
			[]string{
				`fail namespace: there is no "other": create it, or correct TEMPORAL_NAMESPACE`,
				"warn search attributes: not looked at, because of namespace",
				"warn worker: not looked at, because of namespace",
			},
		},
		"search attributes": {
			func(_ *testing.T, p *patient) {
				delete(p.temporal.attributes, "LeadTier")
				p.temporal.attributes["LeadScore"] = enums.INDEXED_VALUE_TYPE_KEYWORD
			},
			[]string{
				"fail search attributes: LeadTier is missing: start a worker, which registers it",
				"fail search attributes: LeadScore is of type Keyword: remove it and register it as Int",
			},
		},
		"a worker that died": {
			func(_ *testing.T, p *patient) { p.temporal.polls = []time.Time{time.Now().Add(-3 * time.Minute)} },
			[]string{"fail worker: none polls the task queue leads: start leadrail up, serve or worker"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			test.ail(t, p)
			troubles, err := p.diagnose(t)
			require.Len(t, troubles, len(test.want), troubles)
			failures := map[string]bool{}
			for i, want := range test.want {
				rest, found := strings.CutPrefix(troubles[i], want)
				require.True(t, found, "%q is not %q", troubles[i], want)
				require.Regexp(t, `^( \(.+\))?$`, rest)
				require.NotContains(t, troubles[i], "hunter2")
				if what, _, failed := strings.Cut(want, ": "); failed && strings.HasPrefix(what, "fail ") {
					failures[what] = true
				}
			}
			if len(failures) == 0 {
				require.NoError(t, err, "a warning is no failure")
				return
			}
			require.EqualError(t, err, fmt.Sprintf("%d of 12 checks failed", len(failures)))
		})
	}
}

func TestDoctorComparesSchemas(t *testing.T) {
	t.Parallel()
	older, newer := newPatient(t), newPatient(t)
	older.config.DatabaseURL = config.Secret(pgtest.Empty(t))
	troubles, err := older.diagnose(t)
	require.Error(t, err)
	require.Regexp(t, `^fail schema: version 0 is older than this program's \d+: run leadrail migrate$`, troubles[0])

	conn, err := pgx.Connect(t.Context(), newer.config.DatabaseURL.Reveal())
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	require.NoError(t, errors.Join(err, conn.Close(t.Context())))
	troubles, err = newer.diagnose(t)
	require.Error(t, err)
	require.Regexp(t, `^fail schema: version 99999 is newer than this program's \d+: use a newer leadrail$`, troubles[0])
}

func TestDoctorHoldsWebhooksToWhatIsDeliveredNow(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	off := webhook("off", "http://192.168.0.1/hook")
	off.Enabled = false
	p.form(t, webhook("near", "http://10.0.0.1/hook"), off)
	p.config.AllowCIDRs = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	troubles, err := p.diagnose(t)
	require.NoError(t, err)
	require.Empty(t, troubles)
}
