package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// databaseURLEnv names the environment variable read when -database-url is not
// given. A password belongs here: a command line is visible to every user.
const databaseURLEnv = "LEADRAIL_TEMPORAL_DATABASE_URL"

const (
	// minRetention is what the server accepts for a namespace at least.
	minRetention = time.Hour
	// maxShards keeps a typing error from creating a database that no small
	// machine can serve; the count can never be changed afterwards.
	maxShards = 512
)

var (
	// A prefix leaves room for "_visibility" within Postgres' 63 bytes.
	validPrefix    = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,51}$`)
	validNamespace = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$`)
	logLevels      = []string{"debug", "info", "warn", "error"}
)

// settings is a checked command line.
type settings struct {
	database      *url.URL
	prefix        string         // of the two database names
	listen        netip.AddrPort // frontend, gRPC
	uiListen      netip.AddrPort // invalid (the zero value) switches the UI off
	namespace     string
	retention     time.Duration // of closed workflows in namespace
	shards        int32         // counts at the first start only
	codecEndpoint string        // where the UI decodes payloads; may be empty
	logLevel      string
}

// rawSettings holds the flags as they were typed.
type rawSettings struct {
	databaseURL, prefix, listen, uiListen string
	namespace, codecEndpoint, logLevel    string
	retention                             time.Duration
	shards                                int
}

// parseSettings reads the flags and reports every problem at once. It returns
// flag.ErrHelp after having written the usage to help.
func parseSettings(args []string, getenv func(string) string, help io.Writer) (settings, error) {
	var raw rawSettings
	fs := raw.flagSet()
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fs.SetOutput(help)
			fs.Usage()
		}
		return settings{}, err
	}
	if fs.NArg() > 0 {
		return settings{}, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	if raw.databaseURL == "" {
		raw.databaseURL = getenv(databaseURLEnv)
	}
	return raw.check()
}

func (r *rawSettings) flagSet() *flag.FlagSet {
	fs := flag.NewFlagSet("leadrail-temporal", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&r.databaseURL, "database-url", "", "postgres:// URL of the Postgres server (environment "+databaseURLEnv+")")
	fs.StringVar(&r.prefix, "database-prefix", "temporal", "name of the main database; the other one is called <prefix>_visibility")
	fs.StringVar(&r.listen, "listen", "127.0.0.1:7233", "address of the Temporal frontend (gRPC); port 0 picks a free one")
	fs.StringVar(&r.uiListen, "ui-listen", "127.0.0.1:8233", "address of the Temporal UI (HTTP); empty switches the UI off")
	fs.StringVar(&r.namespace, "namespace", "default", "namespace to create when it is missing")
	fs.DurationVar(&r.retention, "retention", 7*24*time.Hour, "how long the namespace keeps closed workflows")
	fs.IntVar(&r.shards, "shards", 4, "history shards; fixed by the first start on a database")
	fs.StringVar(&r.codecEndpoint, "codec-endpoint", "", "URL the UI sends encoded payloads to for display")
	fs.StringVar(&r.logLevel, "log-level", "error", strings.Join(logLevels, ", "))
	return fs
}

func (r rawSettings) check() (settings, error) {
	set := settings{
		prefix: r.prefix, namespace: r.namespace, retention: r.retention,
		codecEndpoint: r.codecEndpoint, logLevel: r.logLevel,
	}
	var problems []error
	report := func(name string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("-%s: %w", name, err))
		}
	}
	var err error
	set.database, err = parseDatabaseURL(r.databaseURL)
	report("database-url", err)
	set.listen, err = parseListen(r.listen)
	report("listen", err)
	if r.uiListen != "" {
		set.uiListen, err = parseListen(r.uiListen)
		report("ui-listen", err)
	}
	report("database-prefix", demand(validPrefix.MatchString(r.prefix), "%q is not a lower-case SQL name of at most 52 characters", r.prefix))
	report("namespace", demand(validNamespace.MatchString(r.namespace), "%q is not a namespace name", r.namespace))
	report("retention", demand(r.retention >= minRetention, "%s is less than %s", r.retention, minRetention))
	report("shards", demand(r.shards >= 1 && r.shards <= maxShards, "%d is not between 1 and %d", r.shards, maxShards))
	report("log-level", demand(slices.Contains(logLevels, r.logLevel), "%q is none of %s", r.logLevel, strings.Join(logLevels, ", ")))
	report("codec-endpoint", checkCodecEndpoint(r.codecEndpoint))
	if len(problems) > 0 {
		return settings{}, errors.Join(problems...)
	}
	set.shards = int32(r.shards)
	return set, nil
}

func demand(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// parseListen wants an IP address (or localhost) and a port. A missing host is
// refused rather than read as "every interface".
func parseListen(s string) (netip.AddrPort, error) {
	host, port, found := cutLast(s, ":")
	if !found || host == "" {
		return netip.AddrPort{}, fmt.Errorf("%q is not <ip>:<port>", s)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q does not name an IP address", s)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q does not end in a port", s)
	}
	return netip.AddrPortFrom(addr, uint16(n)), nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func checkCodecEndpoint(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("%q is not an http or https URL", s)
	}
	return nil
}
