package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"leadrail/internal/config"
	"leadrail/internal/seal"
	"leadrail/internal/store"
)

// checkTimeout bounds each check of the doctor.
const checkTimeout = 5 * time.Second

// Doctor checks what a running Leadrail needs. It writes one line per finding
// to out: "ok", "warn" or "fail", what was looked at, and what to do. It
// changes nothing and runs beside everything. The error says how many checks
// failed.
//
// Without DATABASE_URL or TEMPORAL_ADDRESS it looks at what "up" runs on this
// machine in their stead.
func Doctor(ctx context.Context, c config.Config, out io.Writer) error {
	d := newDoctor(c)
	defer d.close()
	return examine(ctx, d.checks(), out)
}

// doctor is a patient's configuration, and what the checks have opened so far.
type doctor struct {
	config config.Config
	// unreadable is why the configuration could not be completed.
	unreadable error
	// ownPostgres and ownTemporal say which of the two "up" runs.
	ownPostgres, ownTemporal bool

	store    *store.Store
	keyring  *seal.Keyring
	temporal client.Client
}

// check is one entry of the doctor's table.
type check struct {
	name string
	// needs names the checks without whose success this one makes no sense.
	needs []string
	run   func(context.Context) []finding
}

func (d *doctor) checks() []check {
	return []check{
		{"configuration", nil, d.checkConfiguration},
		{"postgres", nil, d.checkPostgres},
		{"schema", []string{"postgres"}, d.checkSchema},
		{"seal keys", []string{"configuration"}, d.checkSealKeys},
		{"sealed headers", []string{"schema", "seal keys"}, d.checkSealedHeaders},
		{"webhooks", []string{"schema"}, d.checkWebhooks},
		{"mail", []string{"schema"}, d.checkMail},
		{"intake", []string{"schema"}, d.checkIntake},
		{"temporal", nil, d.checkTemporal},
		{"namespace", []string{"temporal"}, d.checkNamespace},
		{"search attributes", []string{"namespace"}, d.checkSearchAttributes},
		{"worker", []string{"namespace"}, d.checkWorker},
	}
}

// newDoctor completes the configuration as "up" does.
func newDoctor(c config.Config) *doctor {
	d := &doctor{config: c, ownPostgres: c.DatabaseURL == "", ownTemporal: c.TemporalAddress == ""}
	if !d.local() {
		return d
	}
	d.config, d.unreadable = withStoredKeys(withLocalMail(c, c.TemporalUIListen))
	if d.ownPostgres {
		d.config.DatabaseURL = config.Secret(localDatabase(c.PostgresPort))
	}
	if d.ownTemporal {
		d.config = d.config.WithOwnTemporal(loopbackOf(c.TemporalListen))
	}
	return d
}

// local reports whether the patient is an "up" on this machine.
func (d *doctor) local() bool { return d.ownPostgres || d.ownTemporal }

// localDatabase is the URL of the product's database on the server that "up"
// runs.
func localDatabase(port int) string {
	address := url.URL{
		Scheme: "postgres", User: url.User("postgres"), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return address.String()
}

func (d *doctor) close() {
	if d.store != nil {
		d.store.Close()
	}
	if d.temporal != nil {
		d.temporal.Close()
	}
}

// examine runs the checks in order, those that need one that did not succeed
// excepted.
func examine(ctx context.Context, checks []check, out io.Writer) error {
	unmet := map[string]bool{}
	count := 0
	for _, c := range checks {
		findings := c.examine(ctx, unmet)
		if slices.ContainsFunc(findings, func(f finding) bool { return f.severity == failed }) {
			unmet[c.name] = true
			count++
		}
		for _, f := range findings {
			fmt.Fprintf(out, "%-4s %s: %s\n", f.severity, c.name, f.text)
		}
	}
	if count > 0 {
		return fmt.Errorf("%d of %d checks failed", count, len(checks))
	}
	return nil
}

func (c check) examine(ctx context.Context, unmet map[string]bool) []finding {
	for _, need := range c.needs {
		if unmet[need] {
			unmet[c.name] = true
			return warned.sayf("not looked at, because of %s", need)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	return c.run(ctx)
}

// finding is one line of the doctor's report.
type finding struct {
	severity severity
	text     string
}

// severity of a finding.
type severity string

const (
	passed severity = "ok"
	warned severity = "warn"
	failed severity = "fail"
)

// sayf makes the only finding of a check, on one line.
func (s severity) sayf(format string, args ...any) []finding {
	return []finding{{s, strings.ReplaceAll(fmt.Errorf(format, args...).Error(), "\n", "; ")}}
}

// checkConfiguration looks for what is missing; what is wrong was refused when
// the configuration was read.
func (d *doctor) checkConfiguration(context.Context) []finding {
	err := errors.Join(d.unreadable, require(d.config, Roles{Worker: true}))
	switch {
	case err != nil && d.local():
		return failed.sayf("no keys of leadrail up in %s: start it, or set LEADRAIL_DATA_DIR to its folder (%w)", d.config.DataDir, err)
	case err != nil:
		return failed.sayf("%w", err)
	case d.config.AdminKey == "":
		return warned.sayf("LEADRAIL_ADMIN_KEY is not set: the API does not start without it")
	case d.local():
		return passed.sayf("that of leadrail up, with its data in %s", d.config.DataDir)
	}
	return passed.sayf("complete")
}
