package localpg

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
)

const (
	defaultMaxConnections = 200
	defaultFallbackDir    = "/var/lib/leadrail"
	rootCacheDir          = "/var/cache/leadrail"
)

// Options says where and how a server runs. Only Dir is needed.
type Options struct {
	// Dir is the folder of this server, made when absent. It must not be used
	// for anything else.
	Dir string
	// Port on 127.0.0.1. Zero takes any free port and keeps it for Dir: later
	// starts get the same one unless another program has taken it meanwhile.
	Port int
	// Volatile trades safety for speed: nothing is flushed to disk, so a
	// power cut can lose or corrupt the data. For tests.
	Volatile bool
	// MaxConnections defaults to 200.
	MaxConnections int
	// Binaries says where PostgreSQL itself comes from.
	Binaries Binaries
	// FallbackDir takes the cluster when root starts the server and the user
	// it runs as cannot enter Dir. Defaults to /var/lib/leadrail.
	FallbackDir string
	// Log receives what this package does; the server's own log is
	// Dir/postgres.log. Nil discards.
	Log *slog.Logger
}

// Binaries says where the PostgreSQL programs come from.
type Binaries struct {
	// Dirs are the folders to search, in order. Nil means those on PATH and
	// then the usual folders of packages, newest version first.
	Dirs []string
	// CacheDir keeps fetched binaries. Defaults to /var/cache/leadrail for
	// root and to the user's cache folder otherwise.
	CacheDir string
	// RepositoryURL is the Maven repository to fetch from when none of Dirs
	// has a usable PostgreSQL. Defaults to Maven Central.
	RepositoryURL string
}

func (o Options) withDefaults() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("postgres needs a data folder")
	}
	if o.Port < 0 || o.Port > 65535 {
		return o, fmt.Errorf("postgres port %d is out of range", o.Port)
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = defaultMaxConnections
	}
	if o.FallbackDir == "" {
		o.FallbackDir = defaultFallbackDir
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Binaries.Dirs == nil {
		o.Binaries.Dirs = usualDirs()
	}
	if o.Binaries.CacheDir == "" {
		o.Binaries.CacheDir = defaultCacheDir(o.Dir)
	}
	return o, nil
}

// defaultCacheDir is outside root's home when root asks: the user the server
// runs as must be able to execute what is in it.
func defaultCacheDir(dir string) string {
	if os.Geteuid() == 0 {
		return rootCacheDir
	}
	if cache, err := os.UserCacheDir(); err == nil {
		return filepath.Join(cache, "leadrail")
	}
	return filepath.Join(dir, "binaries")
}

// settings are the server's parameters. They are given on the command line,
// where postgresql.conf cannot override them; everything else is tuned there.
func (o Options) settings(port int) []string {
	settings := []string{
		"listen_addresses=127.0.0.1",
		"unix_socket_directories=",
		fmt.Sprintf("port=%d", port),
		fmt.Sprintf("max_connections=%d", o.MaxConnections),
		"timezone=UTC",
		"log_timezone=UTC",
		"log_destination=stderr",
		"logging_collector=off",
	}
	if runtime.GOOS == "linux" {
		// Before a recovery everything must be on disk: one call per file
		// system instead of one per file.
		settings = append(settings, "recovery_init_sync_method=syncfs")
	}
	if o.Volatile {
		return append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"wal_level=minimal", "max_wal_senders=0")
	}
	// Statements and error details hold the values of leads, which must not
	// reach a log.
	return append(settings, "log_min_error_statement=panic", "log_error_verbosity=terse")
}
