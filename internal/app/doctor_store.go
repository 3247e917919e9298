package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"leadrail/internal/config"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/models"
)

const (
	// oldestPostgres is the oldest major version that is tested.
	oldestPostgres = 14
	// doctorConnections is the size of the doctor's pool: its checks run one
	// after the other.
	doctorConnections = 1
	// longWait is how long a lead may wait in the intake without a word.
	longWait = time.Minute
	// maxNamed is how many actions a finding names.
	maxNamed = 5
)

func (d *doctor) checkPostgres(ctx context.Context) []finding {
	db, err := store.Open(d.config.DatabaseURL.Reveal(), store.Options{MaxConnections: doctorConnections})
	if err != nil {
		// The error may quote the password.
		return failed.sayf("DATABASE_URL cannot be read: write it postgres://user:password@host:5432/database")
	}
	d.store = db
	version, err := db.ServerVersion(ctx)
	switch {
	case err != nil && d.ownPostgres:
		return failed.sayf("leadrail up does not run here: start it, or set DATABASE_URL (%s)", cause(err))
	case err != nil:
		return failed.sayf("start the server, or correct DATABASE_URL (%s)", cause(err))
	case version < oldestPostgres:
		return failed.sayf("version %d is too old: upgrade to %d or newer", version, oldestPostgres)
	}
	return passed.sayf("version %d", version)
}

func (d *doctor) checkSchema(ctx context.Context) []finding {
	current, known, err := d.store.SchemaVersion(ctx)
	switch {
	case err != nil:
		return failed.sayf("%w", err)
	case current < known:
		return failed.sayf("version %d is older than this program's %d: run leadrail migrate", current, known)
	case current > known:
		return failed.sayf("version %d is newer than this program's %d: use a newer leadrail", current, known)
	}
	return passed.sayf("version %d", current)
}

func (d *doctor) checkSealKeys(context.Context) []finding {
	keyring, err := seal.ParseKeyring(d.config.SealKeys.Reveal())
	if err != nil {
		return failed.sayf("correct LEADRAIL_SEAL_KEYS (%w)", err)
	}
	d.keyring = keyring
	return passed.sayf("they can be read")
}

// checkSealedHeaders opens all that is stored, Slack's URLs too: each may be
// under another key.
func (d *doctor) checkSealedHeaders(ctx context.Context) []finding {
	actions, err := d.store.FormActions(ctx)
	if err != nil {
		return failed.sayf("%w", err)
	}
	sealed, shut := 0, []store.FormAction{}
	for _, action := range actions {
		for _, secret := range []models.Sealed{action.Headers, action.SealedURL} {
			if len(secret) == 0 {
				continue
			}
			sealed++
			if _, err := d.keyring.Open(secret, action.ActionID); err != nil {
				shut = append(shut, action)
			}
		}
	}
	if len(shut) > 0 {
		return failed.sayf("%d of %d do not open (%s): add the key that sealed them to LEADRAIL_SEAL_KEYS, or send them again",
			len(shut), sealed, names(shut))
	}
	return passed.sayf("%d of %d open", sealed, sealed)
}

// checkIntake looks at what waits for Temporal. A lead that has waited for long
// tells of a relay that does not run or a Temporal that does not take it.
func (d *doctor) checkIntake(ctx context.Context) []finding {
	depth, err := d.store.IntakeDepth(ctx)
	if err != nil {
		return failed.sayf("%w", err)
	}
	if depth.Conflicts > 0 {
		return warned.sayf("%d leads stay, because their idempotency key belongs to another lead: see docs/operations.md", depth.Conflicts)
	}
	if depth.Waiting == 0 {
		return passed.sayf("nothing waits")
	}
	age := now().Sub(*depth.Oldest).Round(time.Second)
	if age > longWait {
		return failed.sayf("%d leads wait for Temporal, the first for %s: see that Temporal answers and that an API or a worker runs", depth.Waiting, age)
	}
	return passed.sayf("%d leads wait for Temporal, the first for %s", depth.Waiting, age)
}

// checkWebhooks asks the guard about every URL, Slack's too. It resolves no names: what
// those lead to is decided at each attempt.
func (d *doctor) checkWebhooks(ctx context.Context) []finding {
	actions, err := d.store.FormActions(ctx)
	if err != nil {
		return failed.sayf("%w", err)
	}
	guard, _ := outbound(d.config, Roles{Receiver: d.local()})
	webhooks, refused := 0, []store.FormAction{}
	for _, action := range actions {
		url := d.urlOf(action)
		if url == "" || !action.Enabled {
			continue
		}
		webhooks++
		if guard.CheckURL(url) != nil {
			refused = append(refused, action)
		}
	}
	if len(refused) > 0 {
		return failed.sayf("%d of %d URLs are refused (%s): correct them, or list their ranges in LEADRAIL_ALLOW_CIDRS",
			len(refused), webhooks, names(refused))
	}
	return passed.sayf("%d of %d URLs are allowed", webhooks, webhooks)
}

// urlOf is where an action posts to; empty for one that does not, or whose URL
// does not open, of which checkSealedHeaders tells.
func (d *doctor) urlOf(action store.FormAction) string {
	if len(action.SealedURL) == 0 || d.keyring == nil {
		return action.URL
	}
	url, err := d.keyring.Open(action.SealedURL, action.ActionID)
	if err != nil {
		return ""
	}
	return string(url)
}

func (d *doctor) checkMail(ctx context.Context) []finding {
	guard, _ := outbound(d.config, Roles{})
	sender, err := newSender(d.config, d.store, guard)
	if err == nil {
		err = requireProvider(ctx, sender, d.store)
	}
	switch provider := d.config.MailProvider(); {
	case err != nil:
		return failed.sayf("%w", err)
	case provider == "":
		return passed.sayf("no form sends any")
	case provider == config.MailOutbox && !d.local():
		return warned.sayf("kept in the outbox, nobody gets it: set LEADRAIL_MAIL to %s to send it", config.MailSendGrid)
	default:
		return passed.sayf("goes to %s", provider)
	}
}

// cause leaves out what is written for callers of the API.
func cause(err error) string {
	text := err.Error()
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// names lists the first of the actions; URLs may carry credentials.
func names(actions []store.FormAction) string {
	var list []string
	for _, action := range actions[:min(len(actions), maxNamed)] {
		list = append(list, action.Form+"/"+action.Action)
	}
	if more := len(actions) - len(list); more > 0 {
		list = append(list, fmt.Sprintf("%d more", more))
	}
	return strings.Join(list, ", ")
}
