package localpg

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"leadrail/internal/child"
)

const (
	// stopFor is how long Stop waits for a fast shutdown, which writes a last
	// checkpoint, and quitFor for an immediate one, which does not.
	stopFor = 15 * time.Second
	quitFor = 5 * time.Second
)

// Server is a running PostgreSQL server. Its methods may be called at any time
// and from any goroutine.
type Server struct {
	place    place
	port     int
	process  *child.Process
	lock     *folderLock
	stopping atomic.Bool
	done     chan struct{}
	err      error
}

// Port is the TCP port on 127.0.0.1.
func (s *Server) Port() int { return s.port }

// Pid is the process id of the postmaster.
func (s *Server) Pid() int { return s.process.PID() }

// LogFile is the path of the server's own log.
func (s *Server) LogFile() string { return s.place.path(logName) }

// URL is the connection string of a database, which need not exist yet.
func (s *Server) URL(database string) string { return databaseURL(s.port, database) }

// Done is closed when the server has ended, for whatever reason, and the data
// folder is free for the next Start.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err says how a server ended that nobody stopped; nil while it runs and
// after Stop.
func (s *Server) Err() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// Stop ends the server: connections are cut, transactions rolled back. A
// server that takes more than 15 s, or until ctx ends, is ended harder, which
// costs a recovery at the next start but no data. Stopping twice is fine.
func (s *Server) Stop(ctx context.Context) error {
	s.stopping.Store(true)
	bounded, cancel := context.WithTimeout(ctx, stopFor)
	defer cancel()
	if s.end(bounded, syscall.SIGINT) {
		return nil
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), quitFor)
	defer cancel()
	if s.end(last, syscall.SIGQUIT) {
		return nil
	}
	s.process.Kill()
	<-s.done
	return nil
}

// end sends a signal and reports whether the server was gone before ctx was.
func (s *Server) end(ctx context.Context, signal syscall.Signal) bool {
	s.process.Signal(signal)
	select {
	case <-s.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// watch frees the folder once the process is gone.
func (s *Server) watch() {
	<-s.process.Done()
	if !s.stopping.Load() {
		s.err = fmt.Errorf("postgres ended unexpectedly: %w", exitError(s.process.Err()))
	}
	s.lock.release()
	close(s.done)
}

// exitError gives a name to an exit with status 0, which is an error when
// nobody asked for it.
func exitError(err error) error {
	if err == nil {
		return errStoppedByOther
	}
	return err
}

func databaseURL(port int, database string) string {
	address := url.URL{
		Scheme:   "postgres",
		User:     url.User("postgres"),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return address.String()
}
