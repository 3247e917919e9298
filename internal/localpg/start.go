package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"leadrail/internal/child"
)

// remnantsFor bounds how long a start is tried again because something of the
// previous server still holds the cluster or its port.
const remnantsFor = 15 * time.Second

var (
	errStoppedByOther = errors.New("stopped by another program")
	errRemnants       = errors.New("a previous server still holds the cluster")
)

// Start brings the server of opts.Dir up and returns when it answers. It makes
// the cluster on first use, stops what an earlier owner left running, and
// recovers after a crash, which can take as long as ctx allows. The server
// lives until Stop, not until ctx ends.
//
// Errors to act on are *LockedError, *PortError, *AccessError and
// *BinariesError.
func Start(ctx context.Context, opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	home, err := locate(opts)
	if err != nil {
		return nil, err
	}
	lock, err := acquire(home.path(lockName))
	if err != nil {
		return nil, err
	}
	server, err := startLocked(ctx, opts, home)
	if err != nil {
		lock.release()
		return nil, err
	}
	server.lock = lock
	go server.watch()
	return server, nil
}

func startLocked(ctx context.Context, opts Options, home place) (*Server, error) {
	major, err := clusterMajor(home.cluster())
	if err != nil {
		return nil, err
	}
	pg, err := opts.Binaries.find(ctx, major, home.user)
	if err != nil {
		return nil, err
	}
	if major == 0 {
		if _, err := home.port(opts); err != nil {
			return nil, err // before a second is spent on a cluster
		}
		opts.Log.InfoContext(ctx, "making a postgres cluster", "dir", home.dir, "version", pg.major)
		if err := home.initialise(ctx, pg, opts.Volatile); err != nil {
			return nil, err
		}
	}
	deadline := time.Now().Add(remnantsFor)
	for {
		server, err := launch(ctx, opts, home, pg)
		if err == nil {
			opts.Log.InfoContext(ctx, "postgres is ready", "port", server.port, "pid", server.Pid(), "dir", home.dir)
			return server, nil
		}
		if !mayPass(err, opts) || time.Now().After(deadline) {
			return nil, err
		}
		opts.Log.WarnContext(ctx, "postgres did not start, trying again", "error", err)
		if err := pause(ctx, pollEvery); err != nil {
			return nil, err
		}
	}
}

// mayPass is whether another attempt can go better. A port that we chose and
// somebody took between the choice and the start is chosen anew.
func mayPass(err error, opts Options) bool {
	var taken *PortError
	return errors.Is(err, errRemnants) || opts.Port == 0 && errors.As(err, &taken)
}

// launch makes one attempt.
func launch(ctx context.Context, opts Options, home place, pg programs) (*Server, error) {
	if err := home.reclaim(ctx, opts.Log); err != nil {
		return nil, err
	}
	port, err := home.port(opts)
	if err != nil {
		return nil, err
	}
	log, err := home.openLog()
	if err != nil {
		return nil, err
	}
	defer log.close()

	args := []string{"-D", home.cluster()}
	for _, setting := range opts.settings(port) {
		args = append(args, "-c", setting)
	}
	cmd := command(home.user, home.cluster(), filepath.Join(pg.dir, "postgres"), args...)
	cmd.Stdout, cmd.Stderr = log.file, log.file
	process, err := child.Start(cmd, deathSignal)
	if err != nil {
		return nil, err
	}
	if err := awaitReady(ctx, process, port, home.cluster()); err != nil {
		if errors.Is(err, errExited) {
			return nil, explain(process.Err(), port, log.tail())
		}
		process.End(context.WithoutCancel(ctx), syscall.SIGQUIT)
		return nil, err
	}
	if err := home.keepPort(port); err != nil {
		process.End(context.WithoutCancel(ctx), syscall.SIGQUIT)
		return nil, err
	}
	return &Server{place: home, port: port, process: process, done: make(chan struct{})}, nil
}

// explain turns the last words of a server that did not start into an error.
func explain(err error, port int, tail string) error {
	switch {
	case strings.Contains(tail, "could not bind"), strings.Contains(tail, "could not create any TCP/IP sockets"):
		return &PortError{Port: port}
	case strings.Contains(tail, "pre-existing shared memory block"), strings.Contains(tail, `lock file "postmaster.pid" already exists`):
		return fmt.Errorf("start postgres: %w: %s", errRemnants, tail)
	default:
		return fmt.Errorf("start postgres: %w: %s", exitError(err), tail)
	}
}

var errExited = errors.New("postgres exited")

// awaitReady returns when a connection answers, the server exits or ctx ends.
func awaitReady(ctx context.Context, process *child.Process, port int, cluster string) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if saysReady(cluster, process.PID()) && answers(ctx, port, cluster) {
			return nil
		}
		select {
		case <-tick.C:
		case <-process.Done():
			return errExited
		case <-ctx.Done():
			return fmt.Errorf("wait for postgres to answer: %w", context.Cause(ctx))
		}
	}
}

// saysReady reads the status that the server keeps in its pid file. Asking by
// connecting would fill the log with refusals while it recovers.
func saysReady(cluster string, pid int) bool {
	const statusLine = 8
	text, err := os.ReadFile(pidFile(cluster))
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	return len(lines) >= statusLine && strings.TrimSpace(lines[0]) == strconv.Itoa(pid) &&
		strings.TrimSpace(lines[statusLine-1]) == "ready"
}

// answers asks which data the server at port serves, because another server
// may have taken the port before ours did.
func answers(ctx context.Context, port int, cluster string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, databaseURL(port, "postgres"))
	if err != nil {
		return false
	}
	defer conn.Close(ctx)
	var dir string
	return conn.QueryRow(ctx, "SHOW data_directory").Scan(&dir) == nil && dir == cluster
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
