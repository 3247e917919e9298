package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/child"
	"leadrail/internal/localpg"
)

// part is one process of a cluster. It can be ended and started again on the
// same port and with the same data.
type part interface {
	// start returns when the part answers.
	start()
	stop()
	// kill ends the part as a power cut would.
	kill()
	pid() int
}

// program is a part that is one of our binaries.
type program struct {
	t       *testing.T
	name    string
	command func() *exec.Cmd
	// answers looks at what the program said since its start, or asks it.
	answers func(said string) bool
	said    lockedBuffer
	process *child.Process
}

func (p *program) start() {
	p.t.Helper()
	cmd := p.command()
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	before := len(p.said.String())
	process, err := child.Start(cmd, syscall.SIGKILL)
	require.NoError(p.t, err)
	if p.process == nil {
		p.t.Cleanup(p.cleanUp)
	}
	p.process = process
	require.Eventually(p.t, func() bool { return p.answers(p.said.String()[before:]) || p.process.Err() != nil },
		startTimeout, pollEvery, "%s does not answer", p.name)
	require.NoError(p.t, p.process.Err(), p.name)
}

func (p *program) cleanUp() {
	p.process.Kill()
	if said := p.said.String(); p.t.Failed() {
		p.t.Logf("%s said:\n%s", p.name, said[max(0, len(said)-16<<10):])
	}
}

func (p *program) stop() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), stopTimeout)
	defer cancel()
	require.True(p.t, p.process.End(ctx, syscall.SIGTERM), "did not stop")
	require.NoError(p.t, p.process.Err())
}

func (p *program) kill()    { p.process.Kill() }
func (p *program) pid() int { return p.process.PID() }

// postgres is a part that is a Postgres server.
type postgres struct {
	t      *testing.T
	dir    string
	port   int
	server *localpg.Server
}

func (p *postgres) start() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), startTimeout)
	defer cancel()
	server, err := localpg.Start(ctx, localpg.Options{Dir: p.dir, Port: p.port})
	require.NoError(p.t, err)
	if p.server == nil {
		p.t.Cleanup(p.stop)
	}
	p.server, p.port = server, server.Port()
}

func (p *postgres) stop() {
	p.t.Helper()
	require.NoError(p.t, p.server.Stop(context.WithoutCancel(p.t.Context())))
}

func (p *postgres) kill() {
	p.t.Helper()
	require.NoError(p.t, syscall.Kill(p.pid(), syscall.SIGKILL))
	<-p.server.Done()
}

func (p *postgres) pid() int { return p.server.Pid() }

// freeze halts a process with all its children, as a machine does that swaps or
// is moved; thaw lets them go on.
func freeze(t *testing.T, pid int) (thaw func()) {
	t.Helper()
	require.NoError(t, syscall.Kill(pid, syscall.SIGSTOP)) // from now on it has no new children
	frozen := append(childrenOf(t, pid), pid)
	for _, each := range frozen {
		syscall.Kill(each, syscall.SIGSTOP) // an error means that it has ended
	}
	thaw = sync.OnceFunc(func() {
		for _, each := range frozen {
			syscall.Kill(each, syscall.SIGCONT) // an error means that it has ended
		}
	})
	t.Cleanup(thaw)
	return thaw
}

// childrenOf lists the children of a process, whichever of its threads started
// them.
func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	require.NoError(t, err)
	var children []int
	for _, thread := range threads {
		listed, err := os.ReadFile(thread)
		if err != nil {
			continue // the thread has ended
		}
		for _, text := range strings.Fields(string(listed)) {
			child, err := strconv.Atoi(text)
			require.NoError(t, err)
			children = append(children, child)
		}
	}
	return children
}

// gate is a program in front of another that leadrail up starts: closed, the
// other one does not start.
type gate struct {
	t    *testing.T
	path string
	mark string
}

// newGate puts a gate for a program into a folder.
func newGate(t *testing.T, dir, program string) gate {
	t.Helper()
	g := gate{t: t, path: filepath.Join(dir, filepath.Base(program)), mark: filepath.Join(dir, filepath.Base(program)+".closed")}
	script := fmt.Sprintf("#!/bin/sh\n[ \"$1\" = --version ] || [ ! -e %q ] || exit 1\nexec %q \"$@\"\n", g.mark, program)
	require.NoError(t, os.WriteFile(g.path, []byte(script), 0o755))
	return g
}

func (g gate) close() {
	g.t.Helper()
	require.NoError(g.t, os.WriteFile(g.mark, nil, 0o600))
}

func (g gate) open() {
	g.t.Helper()
	require.NoError(g.t, os.Remove(g.mark))
}

// lasting waits for as long as something is to last.
func lasting(d time.Duration) { <-time.After(d) }
