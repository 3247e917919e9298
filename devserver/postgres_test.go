package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

const postgresTimeout = 20 * time.Second

// shared is the server of all tests that leave Postgres alone.
var shared *pgServer

// pgServer is a throw-away PostgreSQL server on a port of its own.
type pgServer struct {
	bin, dir string
	port     int
	process  *syscall.SysProcAttr
	cmd      *exec.Cmd // nil while stopped
}

// newPGServer starts one in a new temporary folder.
func newPGServer() (*pgServer, error) {
	bin, err := findPostgres()
	if err != nil {
		return nil, err
	}
	process, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "leadrail-temporal-test-")
	if err != nil {
		return nil, err
	}
	c := &pgServer{bin: bin, dir: dir, process: process}
	if err := c.create(); err != nil {
		c.remove()
		return nil, err
	}
	return c, nil
}

func (c *pgServer) create() error {
	if account := c.process.Credential; account != nil {
		if err := os.Chown(c.dir, int(account.Uid), int(account.Gid)); err != nil {
			return err
		}
	}
	initdb := c.command("initdb", "-D", c.data(), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	c.port = port
	return c.start()
}

// start runs Postgres, on the same port each time, and waits until it answers.
func (c *pgServer) start() error {
	c.cmd = c.command("postgres", "-D", c.data(), "-p", strconv.Itoa(c.port), "-F",
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
	if err := c.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), postgresTimeout)
	defer cancel()
	return poll(ctx, func(ctx context.Context) error {
		conn, err := connect(ctx, c.url(), "postgres")
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
}

// stop ends Postgres as an operator would: connections are cut.
func (c *pgServer) stop() {
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Signal(syscall.SIGINT)
	_ = c.cmd.Wait()
	c.cmd = nil
}

func (c *pgServer) remove() {
	c.stop()
	_ = os.RemoveAll(c.dir)
}

func (c *pgServer) data() string { return filepath.Join(c.dir, "data") }

func (c *pgServer) url() *url.URL {
	return &url.URL{Scheme: "postgres", User: url.User("postgres"), Host: fmt.Sprintf("127.0.0.1:%d", c.port)}
}

func (c *pgServer) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = c.process
	return cmd
}

// newPrefix names databases no other test uses.
func newPrefix() string { return "t" + strings.ToLower(rand.Text()) }

// query runs a statement that returns one value.
func query[T any](t *testing.T, u *url.URL, database, sql string) T {
	t.Helper()
	conn, err := connect(t.Context(), u, database)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), sql)
	require.NoError(t, err)
	value, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	require.NoError(t, err)
	return value
}

// findPostgres looks on PATH first and then where distributions put it.
func findPostgres() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/opt/homebrew/opt/postgresql@*/bin/initdb"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return filepath.Dir(found[len(found)-1]), nil
		}
	}
	return "", errors.New("initdb is neither on PATH nor in the usual folders")
}

// unprivileged says that Postgres ends with the tests, and has an account of its
// own when they run as root, which it refuses.
func unprivileged() (*syscall.SysProcAttr, error) {
	process := &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
	if os.Geteuid() != 0 {
		return process, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	process.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return process, err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	return strconv.Atoi(port)
}
