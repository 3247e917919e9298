package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"leadrail/internal/child"
	"leadrail/internal/config"
)

const (
	temporalProgram = "leadrail-temporal"
	// temporalDatabaseVariable is how the program learns of its database: a
	// command line would show the password to every user.
	temporalDatabaseVariable = "LEADRAIL_TEMPORAL_DATABASE_URL"
	// maxLogSize is the size above which a log is begun anew.
	maxLogSize = 16 << 20
)

// temporalServer is a running leadrail-temporal.
type temporalServer struct {
	process *child.Process
	log     *os.File
	stopped bool
}

// startTemporal keeps a Temporal server running, and returns when it is ready
// for the first time.
func startTemporal(ctx context.Context, c config.Config, databaseURL string, log *slog.Logger) (*background, error) {
	binary, err := findTemporal(c.TemporalBinary)
	if err != nil {
		return nil, err
	}
	start := func(ctx context.Context) (*temporalServer, error) {
		cmd := child.Yielding(binary, "-listen", c.TemporalListen, "-ui-listen", c.TemporalUIListen, "-namespace", c.TemporalNamespace)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), temporalDatabaseVariable + "=" + databaseURL}
		return launchTemporal(ctx, cmd, filepath.Join(c.DataDir, "temporal.log"))
	}
	return startBackground(ctx, func(ctx context.Context, ready func()) error {
		return child.Keep(ctx, log.With("component", "temporal"), start, func(*temporalServer) { ready() })
	})
}

// findTemporal looks for the program beside this one and on PATH.
func findTemporal(configured string) (string, error) {
	if configured != "" {
		return configured, nil
	}
	if own, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(own), temporalProgram)
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	if found, err := exec.LookPath(temporalProgram); err == nil {
		return found, nil
	}
	return "", fmt.Errorf("%s is neither beside this program nor on PATH: build it with make build,"+
		" name it with LEADRAIL_TEMPORAL_BINARY, or point TEMPORAL_ADDRESS to a Temporal server", temporalProgram)
}

// launchTemporal starts the program and waits until it says that it is ready.
func launchTemporal(ctx context.Context, cmd *exec.Cmd, logPath string) (*temporalServer, error) {
	file, err := openLog(logPath)
	if err != nil {
		return nil, err
	}
	complaint := &tail{}
	cmd.Stderr = io.MultiWriter(file, complaint)
	output, input := io.Pipe()
	cmd.Stdout = input
	// A killed parent leaves no time for a graceful stop: the next start wants
	// the ports.
	process, err := child.Start(cmd, syscall.SIGKILL)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	go func() {
		<-process.Done()
		input.Close()
	}()
	server := &temporalServer{process: process, log: file}
	select {
	case <-firstLine(output):
		return server, nil
	case <-process.Done():
		return nil, errors.Join(fmt.Errorf("%s did not start: %s", temporalProgram, complaint.text()), file.Close())
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), server.Stop(ctx))
	}
}

// firstLine is closed when the program has written a line, which says that it
// is ready; what follows is read and dropped.
func firstLine(output io.Reader) <-chan struct{} {
	ready := make(chan struct{})
	go func() {
		if bufio.NewScanner(output).Scan() {
			close(ready)
		}
		io.Copy(io.Discard, output) // an error means that the program has ended
	}()
	return ready
}

// Done implements child.Service.
func (s *temporalServer) Done() <-chan struct{} { return s.process.Done() }

// Err implements child.Service. The program never ends by itself, so without
// Stop any end is an error.
func (s *temporalServer) Err() error {
	if s.stopped {
		return nil
	}
	if err := s.process.Err(); err != nil {
		return err
	}
	return errors.New("ended by itself")
}

// Stop implements child.Service.
func (s *temporalServer) Stop(ctx context.Context) error {
	s.stopped = true
	if !s.process.End(ctx, syscall.SIGTERM) {
		s.process.Kill()
	}
	return s.log.Close()
}

func openLog(path string) (*os.File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > maxLogSize {
		flags |= os.O_TRUNC
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return file, nil
}

// tail keeps the end of what is written to it.
type tail struct{ kept []byte }

const tailSize = 2 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if len(t.kept) > tailSize {
		t.kept = t.kept[len(t.kept)-tailSize:]
	}
	return len(p), nil
}

func (t *tail) text() string { return strings.TrimSpace(string(t.kept)) }
